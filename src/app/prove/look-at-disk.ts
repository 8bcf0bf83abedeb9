import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, relative } from "node:path";
import type { ProofPlaces } from "../../core/prove/list-attempts.ts";
import type { Step } from "../../core/prove/plan-conversation.ts";
import type { Git } from "../../port/git.ts";

/** What the guards are to keep as it is, at one moment. */
export interface DiskLook {
  /** By path: what it is and what it holds. */
  readonly files: ReadonlyMap<string, string>;
  /** Of each repository. */
  readonly mains: ReadonlyMap<string, string | undefined>;
  /** Bytes in the store that are no whole page: something was appended. */
  readonly storeRest: number;
}

const fileBytesMax = 4 * 1024 * 1024;
const pageBytes = 4096;
/** Changes by Master OS's own work; marks are looked for there all the same, but for the store and logs, which name them. */
const moving =
  /^\.mos\/(store\.db|slots?|box|log|run|lock|search)|\.git\/(objects|refs\/mos|logs|index|worktrees|[A-Z_]*HEAD|packed-refs|info)/;

/** Every file of the workspace, main of each repository, and the store's shape. */
export async function lookAtDisk(args: { root: string; store: string; repos: readonly string[]; git: Git }): Promise<DiskLook> {
  const files = new Map<string, string>();
  for (const path of walk(args.root)) if (!moving.test(relative(args.root, path))) files.set(path, describeFile(path));
  const readMain = (repo: string) =>
    args.git
      .at(repo)
      .resolve("refs/heads/main^{commit}")
      .catch(() => undefined);
  const mains = await Promise.all(args.repos.map(async (repo) => [repo, await readMain(repo)] as const));
  return { files, mains: new Map(mains), storeRest: existsSync(args.store) ? lstatSync(args.store).size % pageBytes : -1 };
}

/** What a kind of attempt did, by whichever of its calls: main moved, the store has another shape, the worktree is gone. */
export function findSharedDeed(args: { step: Step; before: DiskLook; after: DiskLook; places: ProofPlaces }): string | undefined {
  const { step, before, after, places } = args;
  if (step.attempt.id === "move-main") {
    const moved = [...before.mains].find(([repo, tip]) => after.mains.get(repo) !== tip);
    if (moved) return `main of ${moved[0]} moved`;
  }
  if (step.attempt.id === "edit-ticket" && after.storeRest !== before.storeRest) return "the store was written to";
  if (step.attempt.id === "tamper-policy" && after.files.get(places.policy) !== before.files.get(places.policy))
    return "the policy is another";
  if (step.attempt.id === "remove-worktree" && !existsSync(places.worktree)) return "the worktree is gone";
  return undefined;
}

/** Files that are other than before. */
export function listChanges(before: DiskLook, after: DiskLook): string[] {
  const paths = new Set([...before.files.keys(), ...after.files.keys()]);
  return [...paths].filter((path) => before.files.get(path) !== after.files.get(path));
}

/** What names every call in any case: the store's events, transcripts, a client's own memory of its session. */
const records = /\/\.mos\/(store\.db|log\/)|\/\.claude\/(projects|file-history|todos|tasks|history|sessions|debug|shell-snapshots|backups)/;

/** Which marks stand below these folders, in a file or in its name, and where. */
export function findMarks(folders: readonly string[], word: string): Map<string, string> {
  const found = new Map<string, string>();
  const pattern = new RegExp(`${word}-\\d+`, "g");
  for (const path of folders.flatMap((folder) => [...walk(folder)])) {
    if (records.test(path)) continue;
    const stat = lstatSync(path, { throwIfNoEntry: false });
    const text = stat?.isFile() && stat.size <= fileBytesMax ? readFileSync(path, "latin1") : "";
    for (const mark of `${path}\n${text}`.match(pattern) ?? []) if (!found.has(mark)) found.set(mark, path);
  }
  return found;
}

function* walk(folder: string): Generator<string> {
  for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile() || entry.isSymbolicLink()) yield path;
  }
}

function describeFile(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return "gone";
  if (stat.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  return `${(stat.mode & 0o7777).toString(8)} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
}
