import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MosError } from "../../contract/error.ts";
import type { History, HistoryCommit } from "../../port/git.ts";
import { withNeutralGit } from "./neutral-git.ts";
import { parseCommitHead } from "./parse-object.ts";
import type { RunGit } from "./run-git.ts";

const refsMax = 1_000_000;
const packedRefsBytesMax = 256 * 1024 * 1024;
const objectBytesMax = 1024 * 1024;
/** Of the objects that one process is asked for. */
const batchBytesMax = 64 * 1024 * 1024;
const batchMax = 5000;

/** See the port. What is asked of git it answers from a folder of ours, in which the copy's refs and objects are seen. */
export async function readHistory<T>(args: { runGit: RunGit; gitDir: string }, body: (history: History) => Promise<T>): Promise<T> {
  const { runGit, gitDir } = args;
  refuseStrangeRefs(gitDir);
  const objects = join(gitDir, "objects");
  if (!lstatSync(objects, { throwIfNoEntry: false })?.isDirectory()) throw unreadable(gitDir, "it has no folder objects");
  return withNeutralGit({ objects, sha256: usesSha256(gitDir), refsOf: gitDir }, async (env, settings) => {
    const git = async (verb: readonly string[], input?: string) =>
      (await runGit({ cwd: "/", args: [...settings, ...verb], env, encoding: "latin1", ...(input === undefined ? {} : { input }) })).stdout;
    return body({
      refs: async (prefix) => {
        const rows = Buffer.from(await git(["for-each-ref", "--format=%(refname) %(objectname)", prefix]), "latin1").toString("utf8");
        return rows.split("\n").flatMap((row) => {
          const [ref, id] = row.split(" ");
          return ref && id ? [{ ref, id }] : [];
        });
      },
      has: async (id) => / \w+ \d+$/.test((await git(["cat-file", "--batch-check"], lines([id]))).trim()),
      commits: async ({ to, from, firstParent }) => {
        const range = [...(firstParent ? ["--first-parent"] : []), "--end-of-options", to, ...(from === undefined ? [] : [`^${from}`])];
        const ids = (await git(["rev-list", ...range])).split("\n").filter((id) => id !== "");
        const texts = await readObjects(git, ids, "commit");
        return ids.flatMap((id, at) => parseCommit(id, texts[at]) ?? []);
      },
      readBlobs: async (ids) => readObjects(git, ids, "blob"),
    });
  });
}

type AskGit = (verb: readonly string[], input?: string) => Promise<string>;

async function readObjects(git: AskGit, ids: readonly string[], type: "commit" | "blob"): Promise<(string | undefined)[]> {
  const texts = new Map<string, string>();
  for (let at = 0; at < ids.length; at += batchMax) {
    const some = [...new Set(ids.slice(at, at + batchMax))].filter((id) => !texts.has(id));
    const sizes = (await git(["cat-file", "--batch-check"], lines(some))).split("\n");
    let open: string[] = [];
    let bytes = 0;
    for (const [index, id] of some.entries()) {
      const match = /^[0-9a-f]+ (\w+) (\d+)$/.exec(sizes[index] ?? "");
      const size = Number(match?.[2]);
      if (match?.[1] !== type || size > objectBytesMax) continue;
      if (bytes + size > batchBytesMax) {
        await readBatch(git, open, type, texts);
        [open, bytes] = [[], 0];
      }
      open.push(id);
      bytes += size;
    }
    await readBatch(git, open, type, texts);
  }
  return ids.map((id) => texts.get(id));
}

/** `<id> <type> <size>`, a line's end, the content, a line's end; what is not what its id says is left out. */
async function readBatch(git: AskGit, ids: readonly string[], type: string, texts: Map<string, string>): Promise<void> {
  if (ids.length === 0) return;
  const output = await git(["cat-file", "--batch"], lines(ids));
  let at = 0;
  for (const id of ids) {
    const end = output.indexOf("\n", at);
    const match = /^([0-9a-f]+) (\w+) (\d+)$/.exec(output.slice(at, end));
    if (match?.[1] !== id || match[2] !== type) return;
    const size = Number(match[3]);
    const content = Buffer.from(output.slice(end + 1, end + 1 + size), "latin1");
    at = end + 1 + size + 1;
    const hash = createHash(id.length === 64 ? "sha256" : "sha1");
    if (hash.update(`${type} ${content.length}\0`).update(content).digest("hex") === id) texts.set(id, content.toString("utf8"));
  }
}

function parseCommit(id: string, text: string | undefined): HistoryCommit | undefined {
  const facts = parseCommitHead(text ?? "");
  return facts && { id, ...facts };
}

/** A pipe or a device among the refs would hold up whoever reads it; a link leads elsewhere. */
function refuseStrangeRefs(gitDir: string): void {
  const packed = lstatSync(join(gitDir, "packed-refs"), { throwIfNoEntry: false });
  if (packed && (!packed.isFile() || packed.size > packedRefsBytesMax)) throw unreadable(gitDir, "packed-refs is no file, or too large");
  let left = refsMax;
  const open = [join(gitDir, "refs")];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw unreadable(gitDir, "it has no folder refs");
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      left -= 1;
      if (entry.isDirectory()) open.push(join(folder, entry.name));
      else if (!entry.isFile()) throw unreadable(gitDir, `${join(folder, entry.name)} is neither a file nor a folder`);
      if (left < 0) throw unreadable(gitDir, `it has over ${refsMax} refs`);
    }
  }
}

/** By the one setting that says how the ids are to be read, and nothing more of the file. */
function usesSha256(gitDir: string): boolean {
  const config = join(gitDir, "config");
  const found = lstatSync(config, { throwIfNoEntry: false });
  return (
    found?.isFile() === true && found.size < objectBytesMax && /^\s*objectformat\s*=\s*sha256\s*$/im.test(readFileSync(config, "utf8"))
  );
}

function lines(ids: readonly string[]): string {
  return ids.map((id) => `${id}\n`).join("");
}

function unreadable(gitDir: string, detail: string): MosError {
  return new MosError({
    code: "history-unreadable",
    message: `${gitDir} is no git folder that can be read: ${detail}`,
    hint: "Give a repository or a copy of one: git clone --mirror REPOSITORY COPY",
  });
}
