const nobody = 65_534;

/** Runs `body` as a user whom file modes bind: as nobody where the tests run as root, else as who they run as. */
export async function withoutRoot<T>(body: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return body();
  process.seteuid?.(nobody);
  try {
    return await body();
  } finally {
    process.seteuid?.(0);
  }
}
