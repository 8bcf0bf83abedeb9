import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { lstat, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { MosError } from "../../contract/error.ts";
import type { ChangedPath, Commit, CommitFacts, RefChange, Repo, TreeEntry } from "../../port/git.ts";
import { withNeutralGit } from "./neutral-git.ts";
import { createObjectReader, type ObjectReader } from "./object-reader.ts";
import { parseCommitObject, parseTreeObject } from "./parse-object.ts";
import { commitFormat, parseBlobs, parseCommits, parseRawDiff, parseRawIds, parseStatus, parseTree } from "./parse-output.ts";
import type { RunGit } from "./run-git.ts";

const fileBytesMax = 5 * 1024 * 1024;
const treeBytesMax = 64 * 1024 * 1024;
const commitsMax = 5000;
const listingsMax = 3;
const changesKept = 200;
const changedKeptMax = 1000;
/** Whatever `diff.ignoreSubmodules` or a `.gitmodules` says: a change that nobody is shown is judged by nobody (T7). */
const seeSubmodules = "--ignore-submodules=none";
const wholeId = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/** What is known of objects by their ids; they never change, so that it holds as long as the repository is the same. */
interface Known {
  readonly mark: string;
  readonly gitDir: string;
  readonly reader: ObjectReader;
  readonly commits: Map<string, CommitFacts>;
  /** Trees of folders, by the commit and the folder. */
  readonly folders: Map<string, string>;
  /** The last few whole listings, by the id that was asked for. */
  readonly listings: Map<string, ReadonlyMap<string, TreeEntry>>;
  /** Short lists of what differs between two objects. */
  readonly changes: Map<string, readonly ChangedPath[]>;
}

/**
 * One repository through the host's git. See the port for what each verb promises.
 *
 * @param startReader  `git cat-file --batch-command` there
 */
export function createRepo(path: string, runGit: RunGit, startReader: () => ChildProcess): Repo {
  const git = (args: readonly string[], options: Omit<Parameters<RunGit>[0], "cwd" | "args"> = {}) =>
    runGit({ cwd: path, args, ...options });
  const line = async (args: readonly string[], options: Omit<Parameters<RunGit>[0], "cwd" | "args"> = {}) =>
    (await git(args, options)).stdout.trim();

  let last: Known | undefined;
  const know = async (): Promise<Known> => {
    // A resident process may outlive the repository that it asked: another one in its place is asked anew.
    const found = await lstat(join(path, ".git")).catch(() => undefined);
    // The number of a file that is gone is given to the next one: when it was made, and as what, tells them apart.
    const mark = `${found?.dev}/${found?.ino}/${found?.birthtimeMs}/${found?.isDirectory()}`;
    if (last?.mark === mark) return last;
    const gitDir = resolve(path, await line(["rev-parse", "--git-common-dir"]));
    last = {
      mark,
      gitDir,
      reader: createObjectReader(startReader),
      commits: new Map(),
      folders: new Map(),
      listings: new Map(),
      changes: new Map(),
    };
    return last;
  };
  const repo: Repo = {
    path,
    gitDir: async () => (await know()).gitDir,
    head: async () => {
      const fast = await readHead();
      if (fast) return fast;
      const branch = await line(["symbolic-ref", "-q", "--short", "HEAD"], { okExit: [0, 1] });
      const commit = await line(["rev-parse", "-q", "--verify", "HEAD^{commit}"], { okExit: [0, 1, 128] });
      return { ...(branch ? { branch } : {}), ...(commit ? { commit } : {}) };
    },
    resolve: async (revision) => {
      const fast = await resolvePlain(revision);
      if (fast !== undefined) return fast;
      const id = await line(["rev-parse", "-q", "--verify", "--end-of-options", revision], { okExit: [0, 1, 128] });
      return id === "" ? undefined : id.split("\n").at(-1);
    },
    commit: async (id) => {
      const [commit] = await readLog(["-1", id]);
      if (!commit)
        throw new MosError({ code: "git-failed", message: `${id} is not a commit of ${path}`, hint: "Run git fsck in that repository." });
      return commit;
    },
    commitFacts: (id) => readCommit(id),
    log: async (range, { max, firstParent, paths } = {}) =>
      readLog([
        ...(max === undefined ? [] : [`--max-count=${max}`]),
        ...(firstParent ? ["--first-parent"] : []),
        "--end-of-options",
        range,
        "--",
        ...(paths ?? []).map((one) => `:(literal)${one}`),
      ]),
    isAncestor: async ({ ancestor, descendant }) =>
      (await git(["merge-base", "--is-ancestor", ancestor, descendant], { okExit: [0, 1] })).exitCode === 0,
    mergeBase: async (a, b) => (await line(["merge-base", a, b], { okExit: [0, 1] })) || undefined,
    changedPaths: async ({ from, to }) => {
      const read = async () =>
        parseRawDiff((await git(["diff-tree", "-r", "-z", "--no-renames", "--raw", seeSubmodules, from, to])).stdout);
      // Between two objects it is always the same, and the gate asks for it at each step of a landing.
      if (!wholeId.test(from) || !wholeId.test(to)) return read();
      const { changes } = await know();
      const key = `${from} ${to}`;
      const found = changes.get(key) ?? (await read());
      if (changes.size >= changesKept) changes.clear();
      if (found.length <= changedKeptMax) changes.set(key, found);
      return [...found];
    },
    listTree: async (treeish, prefix) => {
      if (prefix === undefined && wholeId.test(treeish)) return [...(await listWhole(treeish)).values()];
      return parseTree((await git(["ls-tree", "-r", "-z", "--full-tree", treeish, ...(prefix ? ["--", prefix] : [])])).stdout);
    },
    listFolders: async (commit, folders) => {
      const { reader } = await know();
      return Promise.all(
        folders.map(async (folder) => {
          const found = await reader.read(folder === "" ? `${commit}^{tree}` : `${commit}:${folder}`, treeBytesMax);
          return found?.type === "tree" ? parseTreeObject(found.content, found.id.length / 2) : undefined;
        }),
      );
    },
    listFoldersBelow: async (treeish) =>
      (await git(["ls-tree", "-r", "-d", "-z", "--full-tree", "--format=%(objecttype) %(path)", treeish])).stdout
        .split("\0")
        .flatMap((row) => (row.startsWith("tree ") ? [row.slice("tree ".length)] : [])),
    readFile: async (treeish, file) => {
      const object = `${treeish}:${file}`;
      // Below an id it is the same for ever, and no process is needed for each. What git does not answer so is asked the other way.
      if (wholeId.test(treeish)) {
        const found = await know()
          .then(({ reader }) => reader.read(object, fileBytesMax))
          .catch(() => undefined);
        if (found?.type === "blob") return found.content.toString("utf8");
      }
      if (!object.includes("\n")) return readBatch((await git(["cat-file", "--batch"], { input: `${object}\n` })).stdout);
      const blob = await git(["cat-file", "blob", object], { okExit: [0, 128] });
      return blob.exitCode === 0 && blob.stdout.length <= fileBytesMax ? blob.stdout : undefined;
    },
    readBlobs: async (ids) => {
      if (ids.length === 0) return [];
      const mark = randomUUID();
      const args = ["cat-file", `--batch=%(objectname) %(objecttype) ${mark}`];
      const found = parseBlobs((await git(args, { input: `${ids.join("\n")}\n` })).stdout, mark, ids);
      return found.map((text) => (text !== undefined && text.length <= fileBytesMax ? text : undefined));
    },
    diff: async ({ from, to, paths, binary = false, maxBytes = fileBytesMax }) => {
      const args = [
        "diff-tree",
        "-r",
        "-p",
        ...(binary ? ["--text"] : []),
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--no-renames",
        seeSubmodules,
        from,
        to,
      ];
      const text = (await git([...args, "--", ...(paths ?? []).map((one) => `:(literal)${one}`)])).stdout;
      return text.length > maxBytes ? text.slice(0, maxBytes) : text;
    },
    mergeTree: async ({ ours, theirs }) => {
      const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs];
      const objects = join(await repo.gitDir(), "objects");
      const result = await withNeutralGit({ objects, sha256: ours.length === 64 }, (env, settings) =>
        git([...settings, ...args], { env, okExit: [0, 1] }),
      );
      const [first, ...paths] = result.stdout.split("\0").filter((part) => part !== "");
      const tree = (first as string).trim();
      return result.exitCode === 0 ? { kind: "clean", tree } : { kind: "conflict", tree, paths: [...new Set(paths)] };
    },
    editTree: async (treeish, files) =>
      withScratchIndex(await repo.gitDir(), async (env) => {
        await git(["read-tree", treeish], { env });
        const modes = new Map(
          parseTree((await git(["ls-tree", "-r", "-z", "--full-tree", treeish])).stdout).map((entry) => [entry.path, entry.mode]),
        );
        let input = "";
        for (const [file, content] of Object.entries(files)) {
          if (content === undefined) input += `0 ${"0".repeat(40)}\t${file}\0`;
          else if (typeof content === "object") input += `${content.mode} ${content.id}\t${file}\0`;
          else input += `${modes.get(file) ?? "100644"} ${await repo.writeBlob(content)}\t${file}\0`;
        }
        await git(["update-index", "-z", "--index-info"], { env, input });
        return line(["write-tree"], { env });
      }),
    commitTree: ({ tree, parents, message, author, date }) =>
      line(["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-F", "-"], {
        input: message,
        env: { ...authorOf(author), ...(date ? { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date } : {}) },
      }),
    writeBlob: (content) => line(["hash-object", "-w", "--stdin"], { input: content }),
    refs: async (prefix) => {
      const alone = await readLooseRef(prefix);
      if (alone !== undefined) return [{ ref: prefix, id: alone }];
      return (await line(["for-each-ref", "--format=%(refname) %(objectname)", prefix])).split("\n").flatMap((row) => {
        const [ref, id] = row.split(" ");
        return ref && id ? [{ ref, id }] : [];
      });
    },
    updateRefs: async (changes, reason) => {
      const result = await git(["update-ref", "--stdin", "-m", reason], { input: refTransaction(changes), okExit: [0, 128] });
      if (result.exitCode === 0) return { kind: "moved" };
      if (/cannot lock ref|already exists|but expected|unable to resolve/i.test(result.stderr))
        return { kind: "stale", detail: result.stderr.trim() };
      throw new MosError({
        code: "git-failed",
        message: `git update-ref failed in ${path}: ${result.stderr.trim()}`,
        hint: "Check the disk and the repository's permissions.",
      });
    },
    identity: async () => {
      const { stdout } = await git(["config", "-z", "--get-regexp", "^user\\.(name|email)$"], { okExit: [0, 1] });
      const values = new Map(stdout.split("\0").map((row) => [row.slice(0, row.indexOf("\n")), row.slice(row.indexOf("\n") + 1)]));
      const [name, email] = [values.get("user.name"), values.get("user.email")];
      return name && email ? { name, email } : undefined;
    },
    localEdits: async () => {
      if ((await line(["rev-parse", "--is-inside-work-tree"])) !== "true") return { staged: [], unstaged: [], untracked: [] };
      return parseStatus((await git(["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all"])).stdout);
    },
    run: (args, options) => git(args, options),
  };
  return repo;

  /** A listing follows from the last one by what differs: a tree has its whole listing read once, and landings change little of it. */
  async function listWhole(id: string): Promise<ReadonlyMap<string, TreeEntry>> {
    const { listings } = await know();
    const before = listings.get(id);
    if (before) return before;
    const [near] = [...listings].slice(-1);
    // What the last one was of may have been pruned since.
    const followed = near ? await followListing(near[0], near[1], id).catch(() => undefined) : undefined;
    const listed = followed ?? new Map(await readListing(id));
    if (listings.size >= listingsMax) listings.delete([...listings.keys()][0] as string);
    listings.set(id, listed);
    return listed;
  }

  async function readListing(id: string): Promise<(readonly [string, TreeEntry])[]> {
    const { stdout } = await git(["ls-tree", "-r", "-z", "--full-tree", id]);
    return parseTree(stdout).map((entry) => [entry.path, entry]);
  }

  async function followListing(from: string, listed: ReadonlyMap<string, TreeEntry>, to: string): Promise<Map<string, TreeEntry>> {
    const args = ["diff-tree", "-r", "-z", "--no-renames", "--raw", "--no-abbrev", "--full-index", seeSubmodules, from, to];
    const next = new Map(listed);
    let added = false;
    for (const { path, newMode, newId } of parseRawIds((await git(args)).stdout)) {
      if (newMode === "000000") next.delete(path);
      else {
        added ||= !next.has(path);
        next.set(path, { mode: newMode, type: newMode === "160000" ? "commit" : "blob", id: newId, path });
      }
    }
    return added ? new Map([...next].sort(([a], [b]) => (a < b ? -1 : 1))) : next;
  }

  /**
   * A commit by its whole id; a branch's commit, or a folder's tree there, where git keeps the branch in a file of its own, as it does
   * until it packs refs.
   */
  async function resolvePlain(revision: string): Promise<string | undefined> {
    const [, commit] = /^(\w{40,64})\^\{commit\}$/.exec(revision) ?? [];
    if (commit !== undefined) return (await readCommit(commit)) === undefined ? undefined : commit;
    const [, ref, folder] = /^(refs\/heads\/[\w/-]+)(?:\^\{commit\}|:([\w-]+\/))?$/.exec(revision) ?? [];
    if (ref === undefined) return undefined;
    const id = await readLooseRef(ref);
    if (id === undefined || !(await readCommit(id))) return undefined;
    return folder === undefined ? id : await readFolder(id, folder);
  }

  async function readFolder(commit: string, folder: string): Promise<string | undefined> {
    const { folders, reader } = await know();
    const name = `${commit}:${folder}`;
    const before = folders.get(name);
    if (before !== undefined) return before;
    const found = await reader.read(name, treeBytesMax).catch(() => undefined);
    if (found?.type !== "tree") return undefined;
    if (folders.size >= commitsMax) folders.clear();
    folders.set(name, found.id);
    return found.id;
  }

  /** A ref that is a file of its own; then there is none below it, and none of its name among the packed ones counts. */
  async function readLooseRef(ref: string): Promise<string | undefined> {
    if (!/^refs\/[\w-]+(\/[\w-]+)+$/.test(ref)) return undefined;
    const gitDir = (await know().catch(() => undefined))?.gitDir;
    if (gitDir === undefined) return undefined;
    const id = (await readFile(join(gitDir, ref), "utf8").catch(() => "")).trim();
    return wholeId.test(id) ? id : undefined;
  }

  /** Of the main working tree, when it is on a branch that is a file of its own. */
  async function readHead(): Promise<{ branch: string; commit: string } | undefined> {
    const text = await readFile(join(path, ".git/HEAD"), "utf8").catch(() => "");
    const ref = /^ref: (refs\/heads\/[\w/-]+)\n$/.exec(text)?.[1];
    const commit = ref === undefined ? undefined : await resolvePlain(ref);
    return ref !== undefined && commit !== undefined ? { branch: ref.slice("refs/heads/".length), commit } : undefined;
  }

  async function readCommit(id: string): Promise<CommitFacts | undefined> {
    if (!wholeId.test(id)) return undefined;
    const { commits, reader } = await know();
    const before = commits.get(id);
    if (before) return before;
    const found = await reader.read(id, treeBytesMax).catch(() => undefined);
    const commit = found?.type === "commit" && found.id === id ? parseCommitObject(found.content) : undefined;
    if (!commit) return undefined;
    if (commits.size >= commitsMax) commits.clear();
    commits.set(id, commit);
    return commit;
  }

  async function readLog(args: readonly string[]): Promise<Commit[]> {
    return parseCommits((await git(["log", "-z", `--format=tformat:${commitFormat}`, ...args])).stdout);
  }
}

/** One answer of `git cat-file --batch`: a head line, the content, a line's end. */
function readBatch(output: string): string | undefined {
  const end = output.indexOf("\n");
  const match = /^\S+ blob (\d+)$/.exec(output.slice(0, end));
  return match && Number(match[1]) <= fileBytesMax ? output.slice(end + 1, -1) : undefined;
}

function refTransaction(changes: readonly RefChange[]): string {
  const rows = changes.map(({ ref, to, from }) => {
    if (to === undefined) return `delete ${ref} ${from ?? ""}`;
    return from === undefined ? `create ${ref} ${to}` : `update ${ref} ${to} ${from}`;
  });
  return ["start", ...rows, "prepare", "commit", ""].join("\n");
}

function authorOf(author: string | undefined): Record<string, string> {
  const match = author === undefined ? null : /^(.*) <(.*)>$/.exec(author);
  return match ? { GIT_AUTHOR_NAME: match[1] as string, GIT_AUTHOR_EMAIL: match[2] as string } : {};
}

/** In the repository's own git folder, never in a shared one: it holds the names of all files, and a kill leaves it. */
async function withScratchIndex<T>(gitDir: string, body: (env: Record<string, string>) => Promise<T>): Promise<T> {
  const index = join(gitDir, `mos-index-${randomUUID()}`);
  try {
    return await body({ GIT_INDEX_FILE: index });
  } finally {
    await rm(index, { force: true });
  }
}
