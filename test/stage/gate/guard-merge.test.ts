import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createGit } from "../../../src/adapter/git/git.ts";
import { findTip, receiptRef } from "../../../src/core/gate/find-tip.ts";
import { guardMerge } from "../../../src/stage/gate/guard-merge.ts";
import { commitFiles, makeRepository, makeTemporaryFolder, runGitIn } from "../../support/make-repository.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

function makeWork(name: string) {
  const path = join(folder.path, name);
  const base = makeRepository(path, { "a.txt": "a\n", "b.txt": "b\n" });
  runGitIn(path, "checkout", "-q", "--detach");
  const commit = commitFiles(path, { "a.txt": "work\n" }, "work");
  runGitIn(path, "checkout", "-q", "main");
  const landed = commitFiles(path, { "b.txt": "landed\n", "new.txt": "landed\n" }, "landed");
  const work = { epoch: 1, base, commit, tree: runGitIn(path, "rev-parse", `${commit}^{tree}`) };
  return { path, git: createGit({ PATH: process.env.PATH, HOME: folder.path }).at(path), landed, ticket: { id: "MUS-1", work } };
}

test("G1b: a merge as git makes it passes; the work's own tree, which lacks what landed, is refused with the paths", async () => {
  const { git, landed, ticket } = makeWork("reverting");
  const merged = await git.mergeTree({ ours: landed, theirs: ticket.work.commit });
  expect(merged.kind === "clean" && (await guardMerge(git, { ticket, base: landed, tree: merged.tree }))).toBeUndefined();
  expect(await guardMerge(git, { ticket, base: landed, tree: ticket.work.tree })).toMatchObject({
    kind: "refused",
    reason: expect.stringMatching(/undo what landed before in b\.txt, new\.txt/),
    clears: expect.stringMatching(/mos ticket withdraw MUS-1/),
  });
});

test("G1b: work on a base that main does not have any more is refused, since it would bring back what was dropped", async () => {
  const { path, git, landed, ticket } = makeWork("dropped");
  runGitIn(path, "checkout", "-q", "--detach", landed);
  const commit = commitFiles(path, { "a.txt": "later\n" }, "later work");
  runGitIn(path, "checkout", "-q", "main");
  runGitIn(path, "reset", "-q", "--hard", ticket.work.base);
  const main = commitFiles(path, { "c.txt": "c\n" }, "another main");
  const later = { id: "MUS-2", work: { ...ticket.work, base: landed, commit } };
  const merged = await git.mergeTree({ ours: main, theirs: commit });
  expect(merged.kind === "clean" && (await guardMerge(git, { ticket: later, base: main, tree: merged.tree }))).toMatchObject({
    kind: "refused",
    reason: expect.stringMatching(/which main does not have/),
  });
});

test("G7: a branch or a tag that is called like a receipt's ref is no receipt", async () => {
  const { path, git, landed, ticket } = makeWork("named");
  const name = receiptRef(landed);
  for (const where of ["refs/heads", "refs/tags"]) runGitIn(path, "update-ref", `${where}/${name}`, landed);
  expect(runGitIn(path, "rev-parse", name)).toBe(landed);
  const { base } = ticket.work;
  expect(await findTip(git, { branch: "main", baseline: base })).toEqual({ kind: "foreign", commit: landed, owned: base });
  runGitIn(path, "update-ref", name, landed);
  expect(await findTip(git, { branch: "main", baseline: base })).toEqual({ kind: "owned", commit: landed });
});

/** Work on a branch of its own, with a merge of what landed; `make` makes the merge and what comes after it. */
async function judgeMerge(name: string, files: Record<string, string>, make: (path: string, main: string) => void) {
  const path = join(folder.path, name);
  const base = makeRepository(path, { "a.txt": "a\n", "b.txt": "1\n2\n3\n4\n5\n6\n7\n8\n", "c.txt": "c\n" });
  runGitIn(path, "checkout", "-q", "-b", "mine");
  commitFiles(path, files, "work");
  runGitIn(path, "checkout", "-q", "main");
  const main = commitFiles(path, { "b.txt": "1\n2\n3\n4\n5\n6\n7\nlanded\n", "new.txt": "landed\n" }, "landed");
  runGitIn(path, "checkout", "-q", "mine");
  make(path, main);
  const commit = runGitIn(path, "rev-parse", "mine");
  const git = createGit({ PATH: process.env.PATH, HOME: folder.path }).at(path);
  const ahead = (await git.mergeBase(main, commit)) ?? base;
  const work = { epoch: 1, base: ahead, commit, tree: runGitIn(path, "rev-parse", `${commit}^{tree}`) };
  const merged = await git.mergeTree({ ours: main, theirs: commit });
  return guardMerge(git, { ticket: { id: "MUS-1", work }, base: main, tree: merged.tree });
}

test.each<[string, Record<string, string>, (path: string, main: string) => void, RegExp]>([
  [
    "a merge -s ours of main, with work upon it",
    { "a.txt": "work\n" },
    (path, main) => {
      runGitIn(path, "merge", "-q", "-s", "ours", "-m", "merge main", main);
      commitFiles(path, { "c.txt": "later\n" }, "later");
    },
    /drops them: it would undo what landed in b\.txt, new\.txt/,
  ],
  [
    "one that drops what landed in a file of the work's own",
    { "b.txt": "mine\n2\n3\n4\n5\n6\n7\n8\n", "new.txt": "landed\n" },
    (path, main) => void runGitIn(path, "merge", "-q", "-s", "ours", "-m", "merge main", main),
    /undo what landed in b\.txt$/,
  ],
  [
    "one below another merge, which is as git makes it",
    { "a.txt": "work\n" },
    (path, main) => {
      runGitIn(path, "checkout", "-q", "-b", "side");
      runGitIn(path, "merge", "-q", "-s", "ours", "-m", "merge main", main);
      runGitIn(path, "checkout", "-q", "mine");
      commitFiles(path, { "c.txt": "c2\n" }, "more");
      runGitIn(path, "merge", "-q", "-m", "merge side", "side");
    },
    /undo what landed in b\.txt, new\.txt/,
  ],
  [
    "one with a side that went on from main",
    { "a.txt": "work\n" },
    (path, main) => {
      runGitIn(path, "checkout", "-q", "-b", "side", main);
      commitFiles(path, { "new.txt": "landed, and more\n" }, "more");
      runGitIn(path, "checkout", "-q", "mine");
      runGitIn(path, "merge", "-q", "-s", "ours", "-m", "merge side", "side");
    },
    /undo what landed in b\.txt, new\.txt/,
  ],
])("G1b: what landed and was dropped within the work is refused: %s", async (name, files, make, reason) => {
  expect(await judgeMerge(name, files, make)).toMatchObject({ kind: "refused", reason: expect.stringMatching(reason) });
});

test.each<[string, Record<string, string>, (path: string, main: string) => void]>([
  ["as git makes it", { "a.txt": "work\n" }, (path, main) => void runGitIn(path, "merge", "-q", "-m", "merge main", main)],
  [
    "with a conflict that a person settled",
    { "b.txt": "1\n2\n3\n4\n5\n6\n7\nmine\n" },
    (path, main) => void runGitIn(path, "merge", "-q", "-X", "ours", "-m", "merge main", main),
  ],
  [
    "that dropped it, and it was brought back",
    { "a.txt": "work\n" },
    (path, main) => {
      runGitIn(path, "merge", "-q", "-s", "ours", "-m", "merge main", main);
      runGitIn(path, "checkout", main, "--", "b.txt", "new.txt");
      commitFiles(path, {}, "bring it back");
    },
  ],
  [
    "in which main's file is mended",
    { "a.txt": "work\n" },
    (path, main) => {
      runGitIn(path, "merge", "-q", "--no-commit", "--no-ff", main);
      commitFiles(path, { "new.txt": "landed, mended\n" }, "merge main, and mend it");
    },
  ],
  [
    "after which it is taken back in the open",
    { "a.txt": "work\n" },
    (path, main) => {
      runGitIn(path, "merge", "-q", "-m", "merge main", main);
      runGitIn(path, "revert", "--no-edit", main);
    },
  ],
])("G1b: work with a merge %s is no such work", async (name, files, make) => {
  expect(await judgeMerge(name.replaceAll(" ", "-"), files, make)).toBeUndefined();
});
