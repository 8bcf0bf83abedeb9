import { createHash } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RepoHandle } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import { lockfiles } from "../../core/gate/everyones-files.ts";
import type { BoxResult } from "../../port/box.ts";
import type { Repo } from "../../port/git.ts";

/** What `setup` made, kept read-only beside the slots by the hash of what it was made from (G5). */
export interface SetupOutput {
  /** Paths inside the tree, each kept under `dir`. */
  readonly paths: readonly string[];
  readonly dir: string;
}

export const noSetup: SetupOutput = { paths: [], dir: "" };

/** Tools keep small caches beside what was installed; these stay writable, empty at each run. */
export const cacheFolders = [".cache", ".vite", ".vite-temp", ".vitest", ".tmp"] as const;

export async function hashSetupInputs(repo: RepoHandle, reader: Repo, commit: string): Promise<string> {
  const entries = (await reader.listTree(commit)).filter((entry) => lockfiles.test(entry.path) && !entry.path.includes("node_modules/"));
  const text = [repo.setup, process.version, process.arch, ...entries.map((entry) => `${entry.path} ${entry.id}`)].join("\n");
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

export function findSetupOutput(dir: string): SetupOutput | undefined {
  const list = join(dir, "paths.json");
  return existsSync(list) ? { dir, paths: JSON.parse(readFileSync(list, "utf8")) as string[] } : undefined;
}

/**
 * Moves what `setup` made out of the tree into `dir`. The list is written last: a crash before it leaves a folder that
 * counts for nothing and is made anew.
 */
export function keepSetupOutput(args: { tree: string; dir: string; ignored: readonly string[]; owner?: number }): SetupOutput {
  const { tree, dir, owner } = args;
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (owner !== undefined) chownSync(dir, owner, owner);
  const paths = args.ignored.filter((path) => path.endsWith("/")).map((path) => path.slice(0, -1));
  for (const path of paths) {
    mkdirSync(dirname(join(dir, "files", path)), { recursive: true });
    renameSync(join(tree, path), join(dir, "files", path));
    for (const cache of cacheFolders) mkdirSync(join(dir, "files", path, cache), { recursive: true });
  }
  writeFileSync(join(dir, "paths.json"), JSON.stringify(paths));
  return { dir, paths };
}

/** Older outputs of the same repository go; the newest two stay. */
export function dropOldOutputs(parent: string, keep: string): void {
  const others = existsSync(parent) ? readdirSync(parent).filter((name) => name !== keep) : [];
  for (const name of others.slice(0, Math.max(0, others.length - 1))) rmSync(join(parent, name), { recursive: true, force: true });
}

export function setupFailed(repo: RepoHandle, result: BoxResult): MosError {
  const words = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-5).join(" | ");
  return new MosError({
    code: "setup-failed",
    message: `${repo.lane}: setup "${repo.setup}" ended with ${result.exitCode ?? result.endedBy}: ${words}`,
    hint: `Run it by hand in ${repo.path}; correct "setup" in mos.yaml, or the lockfile.`,
  });
}
