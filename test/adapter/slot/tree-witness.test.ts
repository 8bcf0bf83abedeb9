import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createGit } from "../../../src/adapter/git/git.ts";
import { findLeftovers, takeWitness } from "../../../src/adapter/slot/tree-witness.ts";
import { makeRepository, makeTemporaryFolder, runGitIn } from "../../support/make-repository.ts";

let folder: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  folder = makeTemporaryFolder("mos-witness-");
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
  folder.remove();
});

/** A tree at the one commit of a repository that holds these files, named by bytes, as a slot's is; and that it was witnessed. */
async function witness(names: readonly Buffer[]) {
  const home = join(folder.path, "home");
  makeRepository(home);
  const id = runGitIn(home, "hash-object", "-w", "README.md");
  const input = Buffer.concat(names.flatMap((name) => [Buffer.from(`100644 ${id}\t`), name, Buffer.from("\0")]));
  const git = createGit(process.env).at(home);
  await git.run(["update-index", "--add", "-z", "--index-info"], { input });
  runGitIn(home, "commit", "-q", "-m", "odd names");
  const commit = runGitIn(home, "rev-parse", "HEAD");
  const tree = join(folder.path, "tree");
  mkdirSync(tree, { mode: 0o755 });
  runGitIn(home, "checkout-index", "-a", `--prefix=${tree}/`);
  writeFileSync(join(tree, ".git"), "gitdir: /work/git\n");
  chmodSync(tree, 0o755);
  // What git has just written is looked at once more; later it is known by its stamp.
  vi.setSystemTime(Date.now() + 60_000);
  const taken = await takeWitness({ tree, repo: git, commit, mountPoints: "" });
  return { tree, look: async () => taken && findLeftovers({ tree, repo: git, commit, witness: taken }) };
}

test("G5a: what is left in a folder is found by its stamp", async () => {
  const { tree, look } = await witness([Buffer.from("café/menu.txt")]);
  expect(await look()).toEqual({ kind: "found", paths: [], folders: [] });
  writeFileSync(join(tree, "café/left.txt"), "x\n");
  expect(await look()).toEqual({ kind: "found", paths: ["café/left.txt"], folders: ["café"] });
});

test.each([
  ["alone", ["caf\xe9/menu.txt"]],
  ["beside one that is called as it would be read", ["caf\xe9/menu.txt", "caf\xef\xbf\xbd/menu.txt"]],
])("G5a: where a folder of the commit has a name that is no text, the tree is looked through as a whole: %s", async (_what, names) => {
  const { tree, look } = await witness(names.map((name) => Buffer.from(name, "latin1")));
  writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from("caf\xe9/left.txt", "latin1")]), "x\n");
  expect((await look())?.kind ?? "unsure").toBe("unsure");
});
