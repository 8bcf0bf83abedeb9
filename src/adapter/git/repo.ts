import { randomUUID } from "node:crypto";
import { lstat, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { MosError } from "../../contract/error.ts";
import type { Commit, RefChange, Repo } from "../../port/git.ts";
import { withNeutralGit } from "./neutral-git.ts";
import { commitFormat, parseBlobs, parseCommits, parseRawDiff, parseStatus, parseTree } from "./parse-output.ts";
import type { RunGit } from "./run-git.ts";

const fileBytesMax = 5 * 1024 * 1024;

/** One repository through the host's git. See the port for what each verb promises. */
export function createRepo(path: string, runGit: RunGit): Repo {
  const git = (args: readonly string[], options: Omit<Parameters<RunGit>[0], "cwd" | "args"> = {}) =>
    runGit({ cwd: path, args, ...options });
  const line = async (args: readonly string[], options: Omit<Parameters<RunGit>[0], "cwd" | "args"> = {}) =>
    (await git(args, options)).stdout.trim();

  let known: { readonly mark: string; readonly gitDir: string } | undefined;
  const repo: Repo = {
    path,
    gitDir: async () => {
      // A resident process may outlive the repository that it asked: another one in its place is asked anew.
      const found = await lstat(join(path, ".git")).catch(() => undefined);
      const mark = `${found?.dev}/${found?.ino}`;
      if (known?.mark !== mark) known = { mark, gitDir: resolve(path, await line(["rev-parse", "--git-common-dir"])) };
      return known.gitDir;
    },
    head: async () => {
      const branch = await line(["symbolic-ref", "-q", "--short", "HEAD"], { okExit: [0, 1] });
      const commit = await line(["rev-parse", "-q", "--verify", "HEAD^{commit}"], { okExit: [0, 1, 128] });
      return { ...(branch ? { branch } : {}), ...(commit ? { commit } : {}) };
    },
    resolve: async (revision) => {
      const id = await line(["rev-parse", "-q", "--verify", "--end-of-options", revision], { okExit: [0, 1, 128] });
      return id === "" ? undefined : id.split("\n").at(-1);
    },
    commit: async (id) => {
      const [commit] = await readLog(["-1", id]);
      if (!commit)
        throw new MosError({ code: "git-failed", message: `${id} is not a commit of ${path}`, hint: "Run git fsck in that repository." });
      return commit;
    },
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
    changedPaths: async ({ from, to }) => parseRawDiff((await git(["diff-tree", "-r", "-z", "--no-renames", "--raw", from, to])).stdout),
    listTree: async (treeish, prefix) =>
      parseTree((await git(["ls-tree", "-r", "-z", "--full-tree", treeish, ...(prefix ? ["--", prefix] : [])])).stdout),
    readFile: async (treeish, file) => {
      const object = `${treeish}:${file}`;
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
      const [tree, ...paths] = result.stdout.split("\0").filter((part) => part !== "");
      return result.exitCode === 0 ? { kind: "clean", tree: (tree as string).trim() } : { kind: "conflict", paths: [...new Set(paths)] };
    },
    editTree: (treeish, files) =>
      withScratchIndex(async (env) => {
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
    refs: async (prefix) =>
      (await line(["for-each-ref", "--format=%(refname) %(objectname)", prefix])).split("\n").flatMap((row) => {
        const [ref, id] = row.split(" ");
        return ref && id ? [{ ref, id }] : [];
      }),
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

async function withScratchIndex<T>(body: (env: Record<string, string>) => Promise<T>): Promise<T> {
  const index = join(tmpdir(), `mos-index-${randomUUID()}`);
  try {
    return await body({ GIT_INDEX_FILE: index });
  } finally {
    await rm(index, { force: true });
  }
}
