import { writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { createGit } from "../../../src/adapter/git/git.ts";
import { commitFiles, makeRepository, makeTemporaryFolder, runGitIn } from "../../support/make-repository.ts";

const folder = makeTemporaryFolder();
afterAll(folder.remove);
const git = createGit(process.env);

describe("the git adapter", () => {
  test("reads commits, trailers, files and trees as they are, hostile names among them", async () => {
    const path = `${folder.path}/read me`;
    makeRepository(path);
    const id = commitFiles(path, { "a b/ü\nline.txt": "one\n", "x.md": "two" }, "feat: first\n\nBody.\n\nTicket: MUS-1\nLearned: a thing");
    const repo = git.at(path);
    expect(await git.isRepository(path)).toBe(true);
    expect(await git.isRepository(`${path}/a b`)).toBe(false);
    expect(await repo.head()).toEqual({ branch: "main", commit: id });
    const commit = await repo.commit(id);
    expect(commit.subject).toBe("feat: first");
    expect(commit.trailers).toEqual([
      { key: "Ticket", value: "MUS-1" },
      { key: "Learned", value: "a thing" },
    ]);
    expect(await repo.readFile(id, "a b/ü\nline.txt")).toBe("one\n");
    expect(await repo.readFile(id, "a b")).toBeUndefined();
    expect(await repo.readFile(id, "none")).toBeUndefined();
    expect((await repo.listTree(id)).map((entry) => entry.path).sort()).toEqual(["README.md", "a b/ü\nline.txt", "x.md"]);
    expect(await repo.log("main", { paths: ["x.md"] })).toHaveLength(1);
    expect(await repo.changedPaths({ from: `${id}~1`, to: id })).toHaveLength(2);
  });

  test("G1: merges trees without a checkout, and names what conflicts", async () => {
    const path = `${folder.path}/merge`;
    const base = makeRepository(path, { "a.txt": "a\n", "b.txt": "b\n" });
    const repo = git.at(path);
    const make = async (files: Record<string, string | undefined>) =>
      repo.commitTree({ tree: await repo.editTree(base, files), parents: [base], message: "change" });
    const ours = await make({ "a.txt": "ours\n" });
    const theirs = await make({ "b.txt": "theirs\n", "c/d.txt": "new\n" });
    const clash = await make({ "a.txt": "theirs\n" });
    const merged = await repo.mergeTree({ ours, theirs });
    expect(merged.kind).toBe("clean");
    if (merged.kind === "clean") expect(await repo.readFile(merged.tree, "c/d.txt")).toBe("new\n");
    expect(await repo.mergeTree({ ours, theirs: clash })).toEqual({ kind: "conflict", paths: ["a.txt"] });
    expect(runGitIn(path, "status", "--porcelain")).toBe("");
  });

  test("G3: a ref transaction is all or nothing and names what it expected", async () => {
    const path = `${folder.path}/refs`;
    const base = makeRepository(path);
    const repo = git.at(path);
    const next = await repo.commitTree({ tree: (await repo.commit(base)).tree, parents: [base], message: "next" });
    const receipt = await repo.writeBlob("{}");
    const move = { ref: "refs/heads/main", to: next, from: base };
    const proof = { ref: `refs/mos/receipts/${next}`, to: receipt, from: undefined };
    expect(await repo.updateRefs([{ ...move, from: next }, proof], "wrong")).toMatchObject({ kind: "stale" });
    expect(await repo.refs("refs/mos")).toEqual([]);
    expect(await repo.updateRefs([move, proof], "land")).toEqual({ kind: "moved" });
    expect(await repo.resolve("refs/heads/main")).toBe(next);
    expect(await repo.updateRefs([{ ref: proof.ref, to: receipt, from: undefined }], "again")).toMatchObject({ kind: "stale" });
  });

  test("reads many blobs by one process: none, empty, without an end of line, not UTF-8, twice, and one that is no blob or not there", async () => {
    const path = `${folder.path}/blobs`;
    const commit = makeRepository(path);
    const repo = git.at(path);
    const texts = ["one\n", "", "two\n\n", "without an end", "dead missing\n"];
    const ids = await Promise.all(texts.map((text) => repo.writeBlob(text)));
    writeFileSync(`${folder.path}/latin`, Buffer.from([0x6d, 0xfc, 0xff, 0x0a]));
    const latin = runGitIn(path, "hash-object", "-w", `${folder.path}/latin`);
    const gone = "d".repeat(40);
    expect(await repo.readBlobs([])).toEqual([]);
    expect(await repo.readBlobs([latin, ...ids, gone, gone, commit, ids[0] as string])).toEqual([
      "m\uFFFD\uFFFD\n",
      ...texts,
      undefined,
      undefined,
      undefined,
      "one\n",
    ]);
    expect(await repo.readBlobs([ids[1] as string, gone])).toEqual(["", undefined]);
  });

  test("says who would commit, and that nobody would", async () => {
    const path = `${folder.path}/identity`;
    makeRepository(path);
    expect(await git.at(path).identity()).toEqual({ name: "Test Operator", email: "operator@example.invalid" });
    runGitIn(path, "config", "--unset", "user.email");
    expect(await createGit({ PATH: process.env.PATH, HOME: "/nonexistent" }).at(path).identity()).toBeUndefined();
  });

  test("a folder that is no repository is named, with the remedy", async () => {
    await expect(git.at(folder.path).log("HEAD")).rejects.toMatchObject({ code: "not-a-repository" });
  });
});
