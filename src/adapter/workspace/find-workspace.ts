import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { exitCode, MosError } from "../../contract/error.ts";

export const configName = "mos.yaml";

/**
 * The nearest folder with a mos.yaml, from `startDir` upward; absolute.
 *
 * @throws MosError `no-workspace` (exit 3)
 */
export async function findWorkspace(startDir: string): Promise<string> {
  for (let dir = resolve(startDir); ; dir = dirname(dir)) {
    const found = await stat(join(dir, configName)).catch(() => undefined);
    if (found?.isFile()) return dir;
    if (dir === dirname(dir)) throw noWorkspace(startDir);
  }
}

export function noWorkspace(startDir: string): MosError {
  return new MosError({
    code: "no-workspace",
    message: `there is no mos.yaml in ${resolve(startDir)} or above it`,
    hint: "Go to your workspace's folder, name it with --workspace DIR, or make one with mos init DIR.",
    exit: exitCode.notFound,
  });
}
