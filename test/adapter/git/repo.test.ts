import { existsSync, symlinkSync, writeFileSync } from "node:fs";
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

  test("a file is the same by a commit's id as by a name that moves; so is a commit by its id", async () => {
    const path = `${folder.path}/by id`;
    makeRepository(path);
    writeFileSync(`${path}/bytes.bin`, Buffer.from([0, 255, 10, 195]));
    writeFileSync(`${path}/large.txt`, "x".repeat(5 * 1024 * 1024 + 1));
    writeFileSync(`${path}/full.txt`, "ü".repeat((5 * 1024 * 1024) / 2));
    symlinkSync("bytes.bin", `${path}/link`);
    const id = commitFiles(path, { "empty.md": "", "a:b/c d.md": "one\r\ntwo", "two\nlines.md": "three" }, "feat: files");
    const repo = git.at(path);
    const names = "bytes.bin large.txt full.txt link empty.md a:b/c_d.md a:b none two/lines.md ./empty.md ../x :/ ^{tree}".split(" ");
    for (const name of [...names.map((one) => one.replace("c_d", "c d").replace("two/", "two\n")), "", "empty.md\0x"]) {
      const [byId, byName] = await Promise.all(
        [id, "main"].map((treeish) => repo.readFile(treeish, name).catch((error: unknown) => (error as { code: string }).code)),
      );
      expect(byId, JSON.stringify(name)).toBe(byName);
    }
    expect(await repo.readFile(id, "a:b/c d.md")).toBe("one\r\ntwo");
    expect((await repo.readFile(id, "full.txt"))?.length).toBe((5 * 1024 * 1024) / 2);
    expect(await repo.readFile(id, "large.txt")).toBeUndefined();
    const tree = runGitIn(path, "rev-parse", "main^{tree}");
    runGitIn(path, "tag", "-a", "-m", "one", "v1");
    const tag = runGitIn(path, "rev-parse", "v1");
    expect(await Promise.all([id, tree, tag, "0".repeat(40)].map((one) => repo.resolve(`${one}^{commit}`)))).toEqual([
      id,
      undefined,
      id,
      undefined,
    ]);
  });

  test("T7: a change of a submodule is seen, whatever the settings and .gitmodules say is to be ignored", async () => {
    const path = `${folder.path}/submodule`;
    const [one, two] = ["1".repeat(40), "2".repeat(40)];
    makeRepository(path);
    const at = (id: string) => {
      runGitIn(path, "update-index", "--add", "--cacheinfo", `160000,${id},sub`);
      runGitIn(path, "commit", "-q", "-m", id);
      return runGitIn(path, "rev-parse", "HEAD");
    };
    writeFileSync(`${path}/.gitmodules`, '[submodule "sub"]\n\tpath = sub\n\turl = ./sub\n\tignore = all\n');
    runGitIn(path, "add", ".gitmodules");
    const from = at(one);
    runGitIn(path, "config", "diff.ignoreSubmodules", "all");
    runGitIn(path, "update-index", "--cacheinfo", `160000,${two},sub`);
    const tree = runGitIn(path, "write-tree");
    const to = runGitIn(path, "commit-tree", tree, "-p", from, "-m", "two");
    const repo = git.at(path);
    const seen = { status: "M", path: "sub", oldMode: "160000", newMode: "160000" };
    expect(await repo.changedPaths({ from, to })).toEqual([seen]);
    expect(await repo.changedPaths({ from: `${from}^{tree}`, to: tree })).toEqual([seen]);
    expect(await repo.diff({ from, to })).toContain(`+Subproject commit ${two}`);
    expect((await repo.listTree(from)).find((entry) => entry.path === "sub")?.id).toBe(one);
    expect((await repo.listTree(to)).find((entry) => entry.path === "sub")?.id).toBe(two);
  });

  test.each([
    ["after the last day that can be written", "author a <a@b> 1 +0000\ncommitter a <a@b> 99999999999999 +0000"],
    ["of no number", "author a <a@b> 1 +0000\ncommitter a <a@b> yesterday"],
  ])("a commit with a time %s is read as any other", async (_what, people) => {
    const path = `${folder.path}/time-${people.length}`;
    makeRepository(path);
    const repo = git.at(path);
    const tree = runGitIn(path, "rev-parse", "HEAD^{tree}");
    const { stdout } = await repo.run(["hash-object", "-t", "commit", "-w", "--literally", "--stdin"], {
      input: `tree ${tree}\n${people}\n\nfeat: odd\n`,
    });
    expect(await repo.commit(stdout.trim())).toMatchObject({ tree, subject: "feat: odd", at: "1970-01-01T00:00:00.000Z" });
  });

  test("the words of gpg, where a person has signatures shown, are not among what is read, and it does not run", async () => {
    const path = `${folder.path}/signed`;
    makeRepository(path);
    runGitIn(path, "config", "log.showSignature", "true");
    writeFileSync(`${path}/gpg`, `#!/bin/sh\ntouch '${path}/gpg-ran'\necho 'gpg: Signature made' >&2\necho '[GNUPG:] GOODSIG 1 x'\n`, {
      mode: 0o755,
    });
    runGitIn(path, "config", "gpg.program", `${path}/gpg`);
    const repo = git.at(path);
    const tree = runGitIn(path, "rev-parse", "HEAD^{tree}");
    const signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----";
    const people = "author a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000";
    const { stdout } = await repo.run(["hash-object", "-t", "commit", "-w", "--stdin"], {
      input: `tree ${tree}\n${people}\n${signature}\n\nfeat: signed\n`,
    });
    expect(await repo.commit(stdout.trim())).toMatchObject({ id: stdout.trim(), subject: "feat: signed" });
    expect(existsSync(`${path}/gpg-ran`)).toBe(false);
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
    expect(await repo.mergeTree({ ours, theirs: clash })).toMatchObject({ kind: "conflict", paths: ["a.txt"] });
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

  test("a folder's tree is what git says of it, as main moves, and with packed refs; a file of that name or none is none", async () => {
    const path = `${folder.path}/folder-trees`;
    makeRepository(path, { "wiki/a.md": "a\n", notes: "a file\n", "deep/er/b.md": "b\n" });
    const repo = git.at(path);
    const ask = (name: string) => repo.resolve(`refs/heads/main:${name}`);
    const first = runGitIn(path, "rev-parse", "main:wiki");
    expect([await ask("wiki/"), await ask("wiki/")]).toEqual([first, first]);
    expect(await ask("deep/er/")).toBe(runGitIn(path, "rev-parse", "main:deep/er"));
    for (const name of ["notes/", "gone/", "wiki/a.md/", "../wiki/"]) expect(await ask(name), name).toBeUndefined();
    expect(await repo.resolve("refs/heads/gone:wiki/")).toBeUndefined();
    commitFiles(path, { "wiki/a.md": "b\n", "gone/c.md": "c\n" }, "docs: change");
    expect(await ask("wiki/")).toBe(runGitIn(path, "rev-parse", "main:wiki"));
    expect(await ask("wiki/")).not.toBe(first);
    expect(await ask("gone/")).toBe(runGitIn(path, "rev-parse", "main:gone"));
    runGitIn(path, "pack-refs", "--all");
    expect(await ask("wiki/")).toBe(runGitIn(path, "rev-parse", "main:wiki"));
    runGitIn(path, "rm", "-q", "-r", "wiki");
    runGitIn(path, "commit", "-q", "-m", "docs: no wiki");
    expect(await ask("wiki/")).toBeUndefined();
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
