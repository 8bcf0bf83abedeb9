import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AddDomainArgs, applyAddDomain, planAddDomain } from "../../src/app/add-domain.ts";
import { commitFiles, makeRepository, runGitIn, writeFiles } from "../support/make-repository.ts";
import { type Bench, makeGit, makeWorkspace, nodeProject } from "../support/make-workspace.ts";
import { takeSnapshot } from "../support/take-snapshot.ts";
import { withoutRoot } from "../support/without-root.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await makeWorkspace();
});
afterEach(() => bench.remove());

describe("mos domain add refuses, and leaves everything as it was", () => {
  /** Files, refs and index of the whole folder, workspace and repositories, and the log. */
  const all = async () => ({
    files: takeSnapshot(bench.folder, ["os/.mos"]),
    state: takeSnapshot(join(bench.root, ".mos"), ["store.db", "store.db-wal", "store.db-shm"]),
    log: await bench.store.read((tx) => tx.logHead()),
  });
  const expectRefused = async (code: string, args: AddDomainArgs, says: { message: string; hint: string }) => {
    const before = await all();
    const error = await bench.add(args).catch((caught) => caught);
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(says.message);
    expect(error.hint).toContain(says.hint);
    expect(await all()).toEqual(before);
  };

  test("W7: a path that is not there, and one that is a file", async () => {
    await expectRefused("no-such-folder", { name: "music", path: join(bench.folder, "nowhere") }, { message: "nowhere", hint: "--new" });
    writeFileSync(join(bench.folder, "file"), "");
    await expectRefused("no-such-folder", { name: "music", path: join(bench.folder, "file") }, { message: "file", hint: "--new" });
  });

  test("W7: a folder that is no repository", async () => {
    mkdirSync(join(bench.folder, "plain"));
    await expectRefused("not-a-repository", { name: "music", path: join(bench.folder, "plain") }, { message: "plain", hint: "git init" });
  });

  test("W7: a folder in a repository: the repository is named", async () => {
    const path = bench.repository("app");
    await expectRefused("not-a-repository", { name: "music", path: join(path, "src") }, { message: `repository ${path}`, hint: path });
  });

  test("W7: a detached HEAD", async () => {
    const path = bench.repository("app");
    runGitIn(path, "switch", "-q", "--detach");
    await expectRefused("detached-head", { name: "music", path }, { message: path, hint: "switch main" });
  });

  test("W7: an unborn main", async () => {
    const path = join(bench.folder, "app");
    mkdirSync(path);
    runGitIn(path, "init", "-q", "-b", "main");
    await expectRefused("unborn-main", { name: "music", path }, { message: "no commit yet on main", hint: "git commit" });
  });

  test("W7: no main: the branch that is there is named, and taken when it is asked for", async () => {
    const path = bench.repository("app");
    runGitIn(path, "branch", "-m", "main", "trunk");
    await expectRefused("no-main", { name: "music", path }, { message: "trunk is checked out", hint: "--branch trunk" });
    expect((await bench.add({ name: "music", path, branch: "trunk" })).domains[0]?.home.branch).toBe("trunk");
  });

  test("W7: a merge under way", async () => {
    const path = bench.repository("app");
    runGitIn(path, "switch", "-q", "-c", "side");
    commitFiles(path, { "README.md": "side\n" }, "side");
    runGitIn(path, "switch", "-q", "main");
    commitFiles(path, { "README.md": "main\n" }, "main");
    expect(() => runGitIn(path, "merge", "-q", "side")).toThrow();
    await expectRefused("repository-busy", { name: "music", path }, { message: "merge", hint: "git merge --abort" });
  });

  test("W7: a linked worktree", async () => {
    const path = bench.repository("app");
    runGitIn(path, "worktree", "add", "-q", join(bench.folder, "linked"), "-b", "other");
    await expectRefused(
      "linked-worktree",
      { name: "music", path: join(bench.folder, "linked") },
      { message: join(path, ".git"), hint: "main checkout" },
    );
  });

  test("W7: the repository of another domain, also through a link, also for a sealed one", async () => {
    const path = bench.repository("app");
    await bench.add({ name: "music", path });
    symlinkSync(path, join(bench.folder, "link"));
    await expectRefused(
      "repository-taken",
      { name: "agency", path: join(bench.folder, "link"), sealed: true },
      { message: "'music'", hint: "of its own" },
    );
    await expectRefused(
      "repository-taken",
      { name: "agency", path: join(bench.root, "operator") },
      { message: "'operator'", hint: "of its own" },
    );
  });

  test("W7: a repository in another domain's, around it, and around the workspace", async () => {
    const path = bench.repository("outer/app");
    await bench.add({ name: "music", path });
    makeRepository(join(path, "inner"));
    await expectRefused("repository-nested", { name: "agency", path: join(path, "inner") }, { message: "'music'", hint: "Move one" });
    makeRepository(join(bench.folder, "outer"), {});
    await expectRefused(
      "repository-nested",
      { name: "agency", path: join(bench.folder, "outer") },
      { message: "'music'", hint: "Move one" },
    );
    makeRepository(bench.folder, {});
    await expectRefused("repository-nested", { name: "agency", path: bench.folder }, { message: bench.root, hint: "beside the workspace" });
    await expectRefused(
      "repository-nested",
      { name: "agency", create: true, path: join(bench.root, ".mos", "agency") },
      { message: "state folder", hint: "" },
    );
  });

  test("W7: one that git ties to another domain's: by a remote, by borrowed objects", async () => {
    const path = bench.repository("app");
    await bench.add({ name: "music", path });
    const clone = join(bench.folder, "clone");
    runGitIn(bench.folder, "clone", "-q", "--shared", path, clone);
    await expectRefused(
      "repository-linked",
      { name: "agency", path: clone, sealed: true },
      { message: "remote 'origin'", hint: "git remote remove origin" },
    );
    runGitIn(clone, "remote", "remove", "origin");
    await expectRefused(
      "repository-linked",
      { name: "agency", path: clone, sealed: true },
      { message: "object store", hint: "git repack" },
    );
    runGitIn(clone, "repack", "-q", "-a", "-d");
    rmSync(join(clone, ".git/objects/info/alternates"));
    expect((await bench.add({ name: "agency", path: clone, sealed: true })).domains).toHaveLength(2);
  });

  test("W4: a domain twice, a prefix twice, bad names", async () => {
    const path = bench.repository("app");
    await bench.add({ name: "music", path });
    const other = bench.repository("other");
    await expectRefused("domain-exists", { name: "music", path: other }, { message: "'music'", hint: "another name" });
    await expectRefused("prefix-taken", { name: "museum", path: other, prefix: "MUS" }, { message: "'music'", hint: "MUSE is free" });
    await expectRefused("prefix-taken", { name: "museum", path: other, prefix: "OPS" }, { message: "'operator'", hint: "is free" });
    await expectRefused("bad-prefix", { name: "museum", path: other, prefix: "mus" }, { message: "'mus'", hint: "capital letters" });
    await expectRefused("bad-name", { name: "Música & Co", path: other }, { message: "Música & Co", hint: "'musica-co'" });
    await expectRefused("bad-name", { name: "operator", path: other }, { message: "operator", hint: "" });
    expect((await bench.add({ name: "museum", path: other })).domains[1]?.prefix).toBe("MUSE");
  });

  test("W3: no git identity", async () => {
    const path = bench.repository("app");
    runGitIn(path, "config", "--unset", "user.email");
    const git = makeGit(bench.folder, false);
    const before = await all();
    for (const args of [
      { name: "music", path },
      { name: "music", create: true },
    ])
      await expect(planAddDomain({ ...(await bench.world()), git }, args)).rejects.toMatchObject({
        code: "no-git-identity",
        hint: expect.stringContaining("git config --global user.name"),
      });
    expect(await all()).toEqual(before);
  });

  test("W6: an uncommitted file where one would be written, and a file where a folder must be", async () => {
    const path = bench.repository("app");
    writeFiles(path, { "DOMAIN.md": "draft\n", "wiki/index.md": "draft\n" });
    await expectRefused("local-edits-overlap", { name: "music", path }, { message: "DOMAIN.md, wiki/index.md", hint: "Commit or move" });
    runGitIn(path, "add", "DOMAIN.md");
    await expectRefused("local-edits-overlap", { name: "music", path }, { message: "DOMAIN.md, wiki/index.md", hint: "Commit or move" });
    const other = bench.repository("other", { ...nodeProject, notes: "a file\n" });
    await expectRefused("path-clash", { name: "music", path: other }, { message: "notes is a file", hint: "Rename" });
  });

  test("W8: a folder that is not empty; an empty one is taken", async () => {
    writeFiles(join(bench.root, "music"), { "mine.txt": "mine" });
    await expectRefused("folder-taken", { name: "music", create: true }, { message: join(bench.root, "music"), hint: "--path" });
    mkdirSync(join(bench.folder, "empty"));
    expect((await bench.add({ name: "music", create: true, path: join(bench.folder, "empty") })).domains[0]?.home.path).toBe(
      join(bench.folder, "empty"),
    );
  });

  test("W4: a broken mos.yaml", async () => {
    const path = bench.repository("app");
    const world = await bench.world();
    const plan = await bench.plan({ name: "music", path });
    writeFileSync(join(bench.root, "mos.yaml"), "version: 1\ndomains: [\n");
    const before = await all();
    await expect(applyAddDomain(world, plan)).rejects.toMatchObject({
      code: "config-invalid",
      message: expect.stringMatching(/^mos\.yaml:\d+:\d+/),
    });
    expect(await all()).toEqual(before);
  });

  test("W5: a workspace folder that may not be written", async () => {
    const path = bench.repository("app");
    const world = await bench.world();
    const plans = [await bench.plan({ name: "music", path }), await bench.plan({ name: "music", create: true })];
    const before = await all();
    chmodSync(bench.folder, 0o755);
    chmodSync(bench.root, 0o555);
    for (const plan of plans)
      await withoutRoot(async () => {
        await expect(applyAddDomain(world, plan)).rejects.toMatchObject({
          code: "config-unwritable",
          message: expect.stringContaining(bench.root),
        });
      });
    chmodSync(bench.root, 0o755);
    expect(await all()).toEqual(before);
  });

  test.skipIf(process.getuid?.() === 0)("W6: a git folder that may not be written (root may write any)", async () => {
    const path = bench.repository("app");
    chmodSync(join(path, ".git/refs"), 0o555);
    await expectRefused("repository-unwritable", { name: "music", path }, { message: join(path, ".git"), hint: "writable" });
    chmodSync(join(path, ".git/refs"), 0o755);
  });
});
