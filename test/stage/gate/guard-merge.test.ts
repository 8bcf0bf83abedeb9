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
