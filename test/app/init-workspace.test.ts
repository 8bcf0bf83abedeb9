import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findWorkspace } from "../../src/adapter/workspace/find-workspace.ts";
import { loadWorkspace } from "../../src/adapter/workspace/load-workspace.ts";
import { applyInit, planInit } from "../../src/app/init-workspace.ts";
import { makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { makeGit } from "../support/make-workspace.ts";
import { takeSnapshot } from "../support/take-snapshot.ts";
import { withoutRoot } from "../support/without-root.ts";

let place: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  place = makeTemporaryFolder("mos-init-");
});
afterEach(() => place.remove());

const init = async (dir: string, git = makeGit(place.path)) => applyInit({ git, plan: await planInit({ git, dir }) });

describe("mos init", () => {
  test("W2: shows every file, writes nothing before, and exactly these then", async () => {
    const root = join(place.path, "os");
    const git = makeGit(place.path);
    const before = takeSnapshot(place.path);
    const plan = await planInit({ git, dir: root });
    expect(takeSnapshot(place.path)).toEqual(before);
    await applyInit({ git, plan });
    const written = Object.entries(takeSnapshot(root))
      .filter(([path, text]) => !text.startsWith("folder") && !path.endsWith(".git"))
      .map(([path]) => path);
    expect(written.sort()).toEqual(plan.files.map(({ path }) => path).sort());
    expect(plan.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        "mos.yaml",
        "operator/DOMAIN.md",
        "operator/wiki/index.md",
        "operator/threads/.gitkeep",
        "operator/notes/.gitkeep",
      ]),
    );
  });

  test("W2: what it makes loads, and the operator's home is a clean repository whose one commit is the baseline", async () => {
    const root = join(place.path, "os");
    const { operatorBaseline } = await init(root);
    const workspace = await loadWorkspace(root);
    expect(workspace.domains).toEqual([]);
    expect(workspace.operator).toMatchObject({ name: "operator", prefix: "OPS", sealed: false });
    expect(workspace.operator.home).toMatchObject({
      path: join(root, "operator"),
      knowledgeOnly: true,
      baseline: operatorBaseline,
      lane: "operator",
    });
    expect(runGitIn(join(root, "operator"), "rev-parse", "main")).toBe(operatorBaseline);
    expect(runGitIn(join(root, "operator"), "status", "--porcelain")).toBe("");
    expect(runGitIn(join(root, "operator"), "log", "--format=%an <%ae>")).toBe("Test Operator <operator@example.invalid>");
    expect(statSync(join(root, ".mos")).mode & 0o777).toBe(0o700);
  });

  test("W1: the nearest folder with a mos.yaml is found from below", async () => {
    const root = join(place.path, "os");
    await init(root);
    expect(await findWorkspace(join(root, "operator", "wiki"))).toBe(root);
    await expect(findWorkspace(place.path)).rejects.toMatchObject({ code: "no-workspace", exit: 3 });
  });

  test("W2: a folder with a space and Unicode in its name, deeper than what is there", async () => {
    const root = join(place.path, "Mein Büro", "日本 os");
    await init(root);
    expect((await loadWorkspace(root)).operator.home.path).toBe(join(root, "operator"));
  });

  test("W2: inside another git repository the state stays out of it", async () => {
    runGitIn(place.path, "init", "-q");
    const root = join(place.path, "os");
    await init(root);
    expect(runGitIn(place.path, "status", "--porcelain", "--untracked-files=all")).not.toContain(".mos");
  });
});

describe("mos init refuses, and leaves everything as it was", () => {
  const expectRefused = async (code: string, dir: string, names: string, git = makeGit(place.path)) => {
    const before = takeSnapshot(place.path);
    await expect(init(dir, git)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(names),
      hint: expect.stringMatching(/\w{3}/),
    });
    expect(takeSnapshot(place.path)).toEqual(before);
  };

  test("W2: a folder that is a workspace", async () => {
    await init(join(place.path, "os"));
    await expectRefused("workspace-exists", join(place.path, "os"), "os");
  });

  test("W2: a folder in a workspace", async () => {
    await init(join(place.path, "os"));
    await expectRefused("workspace-nested", join(place.path, "os", "inner"), join(place.path, "os"));
  });

  test("W2: a folder that has what a workspace needs for itself; beside other files it is made", async () => {
    const root = join(place.path, "os");
    mkdirSync(join(root, "operator"), { recursive: true });
    writeFileSync(join(root, "mine.txt"), "mine");
    await expectRefused("init-clash", root, "operator");
    const other = join(place.path, "other");
    mkdirSync(other);
    writeFileSync(join(other, "mine.txt"), "mine");
    await init(other);
    expect(readFileSync(join(other, "mine.txt"), "utf8")).toBe("mine");
  });

  test("W2: a path that is a file", async () => {
    writeFileSync(join(place.path, "file"), "mine");
    await expectRefused("not-a-folder", join(place.path, "file"), "file");
  });

  test("W3: no git identity, the command that gives one named", async () => {
    const git = makeGit(place.path, false);
    await expectRefused("no-git-identity", join(place.path, "os"), "user.name", git);
    await expect(planInit({ git, dir: join(place.path, "os") })).rejects.toMatchObject({
      hint: expect.stringContaining("git config --global user.name"),
    });
  });

  test("W2: a folder that may not be written, and one below it", async () => {
    const root = join(place.path, "os");
    mkdirSync(root);
    const git = makeGit(place.path);
    chmodSync(place.path, 0o555);
    chmodSync(root, 0o555);
    await withoutRoot(async () => {
      await expectRefused("folder-unwritable", root, "os", git);
      await expectRefused("folder-unwritable", join(root, "deep", "er"), "os", git);
    });
    chmodSync(place.path, 0o755);
  });

  test("W2: a failure half way takes its traces with it", async () => {
    const root = join(place.path, "new", "os");
    const git = makeGit(place.path);
    const plan = await planInit({ git, dir: root });
    const before = takeSnapshot(place.path);
    // A file and a folder of one name: the second write must fail.
    const broken = { ...plan, files: [...plan.files, { path: "playbooks/README.md/x", content: "" }] };
    await expect(applyInit({ git, plan: broken })).rejects.toThrow();
    expect(takeSnapshot(place.path)).toEqual(before);
  });
});
