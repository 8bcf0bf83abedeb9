import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MosError } from "../../contract/error.ts";

const pollMs = 40;

/**
 * Runs `body` while holding the lock file `path`, which names its holder.
 *
 * A holder that was killed leaves the file. It is taken over like this: whoever finds the holder dead makes
 * `<path>.<token>` exclusively (one for each acquisition, so only one can), reads the lock again, and only if it still
 * bears that token removes it. A process killed between these two steps leaves the claim; the error then names it.
 *
 * @throws MosError `config-busy` after `waitMs`, `config-unwritable`
 */
export async function holdLock<T>(args: { path: string; waitMs: number }, body: () => Promise<T>): Promise<T> {
  const { path } = args;
  const token = randomUUID();
  await acquire(path, { token, waitMs: args.waitMs });
  try {
    return await body();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string, { token, waitMs }: { token: string; waitMs: number }): Promise<void> {
  const me = JSON.stringify({ pid: process.pid, start: await readStart(process.pid), token });
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((cause) => fail(path, cause));
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    if (await create(path, me)) return;
    const holder = await readHolder(path);
    if (holder && !(await isAlive(holder)) && (await takeAway(path, holder.token))) continue;
    if (waitedMs >= waitMs)
      throw new MosError({
        code: "config-busy",
        message: `${path} is held by process ${holder?.pid ?? "?"}, which edits mos.yaml`,
        hint: `Wait for it to end; if there is no such process, remove ${path}*.`,
      });
    await sleep(pollMs);
  }
}

interface Holder {
  readonly pid: number;
  readonly start: string;
  readonly token: string;
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    return fail(path, cause);
  }
}

/** `undefined` while its holder is still writing it, or when it is gone. */
async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

async function takeAway(path: string, token: string): Promise<boolean> {
  const claim = `${path}.${token}`;
  if (!(await create(claim, ""))) return false;
  try {
    if ((await readHolder(path))?.token === token) await rm(path, { force: true });
  } finally {
    await rm(claim, { force: true });
  }
  return true;
}

async function isAlive({ pid, start }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ESRCH") return false;
  }
  return start === "" || start === (await readStart(pid));
}

/** Tells a recycled pid from the process that had it; empty where the system has no /proc. */
async function readStart(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function fail(path: string, cause: unknown): never {
  throw new MosError({
    code: "config-unwritable",
    message: `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Make the workspace's folder writable, and see that its disk has room.",
    cause,
  });
}
