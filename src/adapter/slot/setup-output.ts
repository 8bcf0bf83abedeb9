import { createHash, randomUUID } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { RepoHandle } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import { readSetupInputs } from "../../core/gate/defining-files.ts";
import type { BoxResult } from "../../port/box.ts";
import type { Repo } from "../../port/git.ts";
import { removeTree } from "./remove-tree.ts";

/** What `setup` made, kept read-only beside the slots by the hash of what it was made from (G5). */
export interface SetupOutput {
  /** Paths inside the tree, each kept under `dir`. */
  readonly paths: readonly string[];
  readonly dir: string;
}

const Paths = z.array(z.string().min(1));

export const noSetup: SetupOutput = { paths: [], dir: "" };

/** Tools keep small caches beside what was installed; these stay writable, empty at each run. */
export const cacheFolders = [".cache", ".vite", ".vite-temp", ".vitest", ".tmp"] as const;

export async function hashSetupInputs(repo: RepoHandle, reader: Repo, commit: string): Promise<string> {
  const entries = await readSetupInputs({ git: reader, setup: repo.setup ?? "", treeish: commit });
  const text = [repo.setup, process.version, process.arch, ...entries.map((entry) => `${entry.path} ${entry.id}`)].join("\n");
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** One that was made to its end; that it is used is noted by the time of its list. */
export function findSetupOutput(dir: string): SetupOutput | undefined {
  const list = join(dir, "paths.json");
  const paths = readPaths(list);
  if (!paths) return undefined;
  const now = new Date();
  utimesSync(list, now, now);
  return { dir, paths };
}

/** A list without its text, which a loss of power leaves, is none: nothing stood in the way of making it anew. */
function readPaths(list: string): string[] | undefined {
  try {
    return Paths.safeParse(JSON.parse(readFileSync(list, "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** In the name of a folder that an output is being made in. */
const partMark = ".part-";

/**
 * Moves what `setup` made out of the tree into `dir`, which is there at once and whole: it is made under another name, its list
 * last, and renamed. A crash before leaves a folder that counts for nothing. Where another slot has made the same
 * meanwhile, in this process or another, theirs is used: nothing that may be mounted is ever replaced.
 */
export function keepSetupOutput(args: { tree: string; dir: string; ignored: readonly string[]; owner?: number }): SetupOutput {
  const { tree, dir, owner } = args;
  const part = `${dir}${partMark}${randomUUID()}`;
  mkdirSync(part, { recursive: true, mode: 0o700 });
  if (owner !== undefined) chownSync(part, owner, owner);
  const paths = args.ignored.filter((path) => path.endsWith("/")).map((path) => path.slice(0, -1));
  for (const path of paths) {
    mkdirSync(dirname(join(part, "files", path)), { recursive: true });
    renameSync(join(tree, path), join(part, "files", path));
    for (const cache of cacheFolders) mkdirSync(join(part, "files", path, cache), { recursive: true });
  }
  writeFileSync(join(part, "paths.json"), JSON.stringify(paths));
  // What an older version left half made under the very name, or a machine that lost its power.
  if (existsSync(dir) && !findSetupOutput(dir)) removeTree(dir);
  try {
    renameSync(part, dir);
  } catch (cause) {
    const theirs = findSetupOutput(dir);
    if (!theirs) throw cause;
    removeTree(part);
    return theirs;
  }
  return { dir, paths };
}

/** Of those that nobody has used for so long none is mounted any more, whatever its run was. */
const unusedMsMin = 6 * 3_600_000;

/**
 * Outputs of the same repository that were not used lately go, but for the newest of them: who goes back one lockfile finds it.
 * So do those that a crash left half made.
 *
 * @param nowMs  by the clock that files are dated by
 */
export function dropOldOutputs(parent: string, keep: string, nowMs: number): void {
  const others = existsSync(parent) ? readdirSync(parent).filter((name) => name !== keep) : [];
  const aged = others
    .map((name) => ({ name, usedMs: lastUsedMs(join(parent, name)), isPart: name.includes(partMark) }))
    .sort((a, b) => b.usedMs - a.usedMs);
  const spare = aged.find(({ isPart }) => !isPart)?.name;
  for (const { name, usedMs } of aged) if (name !== spare && nowMs - usedMs > unusedMsMin) removeTree(join(parent, name));
}

/** Removes what was kept for repositories that are none any more; gives their names, `domain/repo`. */
export function dropForeignOutputs(stateDir: string, isKnown: (repo: string) => boolean): string[] {
  const root = join(stateDir, "setup");
  const found = foldersOf(root).flatMap((domain) => foldersOf(join(root, domain)).map((repo) => `${domain}/${repo}`));
  const gone = found.filter((repo) => !isKnown(repo));
  for (const repo of gone) removeTree(join(root, repo));
  return gone;
}

/** Those that are there, whole or not, as `domain/repo/name`. */
export function listSetupOutputs(stateDir: string): { id: string; path: string }[] {
  const root = join(stateDir, "setup");
  return foldersOf(root).flatMap((domain) =>
    foldersOf(join(root, domain)).flatMap((repo) =>
      foldersOf(join(root, domain, repo)).map((name) => ({ id: `${domain}/${repo}/${name}`, path: join(root, domain, repo, name) })),
    ),
  );
}

function foldersOf(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

function lastUsedMs(dir: string): number {
  const list = statSync(join(dir, "paths.json"), { throwIfNoEntry: false });
  return (list ?? statSync(dir, { throwIfNoEntry: false }))?.mtimeMs ?? 0;
}

export function setupFailed(repo: RepoHandle, result: BoxResult): MosError {
  const words = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-5).join(" | ");
  return new MosError({
    code: "setup-failed",
    message: `${repo.lane}: setup "${repo.setup}" ended with ${result.exitCode ?? result.endedBy}: ${words}`,
    hint: `Run it by hand in ${repo.path}; correct "setup" in mos.yaml, or the lockfile.`,
  });
}
