import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listDomains } from "../../src/app/list-domains.ts";
import { isRead } from "../../src/core/workspace/detect/listing.ts";
import { detectChecks } from "../../src/core/workspace/detect-checks.ts";
import { runGitIn, writeFiles } from "../support/make-repository.ts";
import { type Bench, makeWorkspace, nodeProject } from "../support/make-workspace.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await makeWorkspace();
});
afterEach(() => bench.remove());

const mosYaml = () => readFileSync(join(bench.root, "mos.yaml"), "utf8");

describe("an existing repository", () => {
  test("W6: only what is missing is added, in one commit by the operator, and that commit is the baseline", async () => {
    const path = bench.repository("app", { ...nodeProject, "DOMAIN.md": "# Mine\n", "threads/release.md": "# Release\n" });
    const tip = runGitIn(path, "rev-parse", "main");
    const plan = await bench.plan({ name: "music", path });
    expect(plan.files.map((file) => file.path)).toEqual(["notes/.gitkeep", "wiki/index.md"]);
    expect(plan.checks).toEqual([
      { name: "lint", run: "npm run lint", kind: "lint" },
      { name: "test", run: "npm test", kind: "test" },
    ]);
    expect(runGitIn(path, "rev-parse", "main")).toBe(tip);
    const workspace = await bench.add({ name: "music", path });
    const head = runGitIn(path, "rev-parse", "main");
    expect(workspace.domains[0]?.home.baseline).toBe(head);
    expect(runGitIn(path, "rev-parse", "main^")).toBe(tip);
    expect(runGitIn(path, "diff", "--name-status", tip, "main")).toBe("A\tnotes/.gitkeep\nA\twiki/index.md");
    expect(runGitIn(path, "log", "-1", "--format=%an")).toBe("Test Operator");
    expect(runGitIn(path, "status", "--porcelain")).toBe("");
    expect(existsSync(join(path, "wiki/index.md"))).toBe(true);
    expect(readFileSync(join(path, "DOMAIN.md"), "utf8")).toBe("# Mine\n");
  });

  test("W6: one that lacks nothing gets no commit: its tip is the baseline", async () => {
    const path = bench.repository("app", { "DOMAIN.md": "#\n", "threads/a.md": "#\n", "notes/a.md": "#\n", "wiki/index.md": "#\n" });
    const tip = runGitIn(path, "rev-parse", "main");
    const workspace = await bench.add({ name: "music", path });
    expect(workspace.domains[0]?.home).toMatchObject({ baseline: tip, knowledgeOnly: true, checks: [] });
    expect(runGitIn(path, "rev-parse", "main")).toBe(tip);
  });

  test("W6: uncommitted edits, staged and not, stay exactly as they were", async () => {
    const path = bench.repository("app");
    writeFiles(path, { "README.md": "# App, edited\n", "src/app.js": "staged\n", "untracked.txt": "mine\n" });
    runGitIn(path, "add", "src/app.js");
    const before = runGitIn(path, "status", "--porcelain");
    await bench.add({ name: "music", path });
    expect(runGitIn(path, "status", "--porcelain")).toBe(before);
    expect(readFileSync(join(path, "README.md"), "utf8")).toBe("# App, edited\n");
    runGitIn(path, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "-am", "theirs");
    expect(runGitIn(path, "ls-tree", "-r", "--name-only", "main")).toContain("DOMAIN.md");
  });

  test("W6: where main is checked out in another worktree, that one is brought forward", async () => {
    const path = bench.repository("app");
    runGitIn(path, "switch", "-q", "-c", "feature");
    const other = join(bench.folder, "other tree");
    runGitIn(path, "worktree", "add", "-q", other, "main");
    await bench.add({ name: "music", path });
    expect(runGitIn(other, "status", "--porcelain")).toBe("");
    expect(existsSync(join(other, "DOMAIN.md"))).toBe(true);
    expect(existsSync(join(path, "DOMAIN.md"))).toBe(false);
  });

  test("W6: the wiki's index lists the pages that are there, by their titles", async () => {
    const path = bench.repository("app", {
      "README.md": "#\n",
      "wiki/voice and tone.md": "# How we sound\n",
      "wiki/plan.md": "no title\n",
    });
    const plan = await bench.plan({ name: "music", path });
    const index = plan.files.find((file) => file.path === "wiki/index.md")?.content;
    expect(index).toContain("- [How we sound](voice%20and%20tone.md)");
    expect(index).toContain("- [Plan](plan.md)");
  });

  test("W7: a repository whose only branch is master is taken with it, and that is said", async () => {
    const path = bench.repository("app");
    runGitIn(path, "branch", "-m", "main", "master");
    const plan = await bench.plan({ name: "music", path });
    expect(plan).toMatchObject({ branch: "master", warnings: [expect.stringContaining("branch: master"), expect.anything()].slice(0, 1) });
    const workspace = await bench.add({ name: "music", path });
    expect(workspace.domains[0]?.home.branch).toBe("master");
    expect(workspace.domains[0]?.home.baseline).toBe(runGitIn(path, "rev-parse", "master"));
  });

  test("W6: a path with spaces and Unicode, through a symbolic link, is kept as what it resolves to", async () => {
    const path = bench.repository("Ordner mit Ümlaut 音楽");
    symlinkSync(path, join(bench.folder, "link"));
    const workspace = await bench.add({ name: "music", path: join(bench.folder, "link") });
    expect(workspace.domains[0]?.home.path).toBe(path);
  });
});

describe("a new repository", () => {
  test("W8: has the files of a home in one commit, lies in the workspace, and holds knowledge only", async () => {
    const workspace = await bench.add({ name: "job-search", create: true, sealed: true });
    const home = join(bench.root, "job-search");
    expect(workspace.domains[0]).toMatchObject({ prefix: "JOB", sealed: true, home: { path: home, knowledgeOnly: true } });
    expect(runGitIn(home, "log", "--format=%H")).toBe(workspace.domains[0]?.home.baseline);
    expect(runGitIn(home, "ls-files").split("\n")).toEqual(["DOMAIN.md", "notes/.gitkeep", "threads/.gitkeep", "wiki/index.md"]);
    expect(runGitIn(home, "status", "--porcelain")).toBe("");
    expect(mosYaml()).toContain("path: job-search\n");
  });
});

describe("mos.yaml and the log", () => {
  test("W5: comments and order stay, the entry is short, the event is in the log", async () => {
    const before = mosYaml();
    await bench.add({ name: "music", path: bench.repository("app") });
    await bench.add({ name: "agency", create: true });
    const after = mosYaml();
    for (const line of before.split("\n").filter((one) => one.includes("#"))) expect(after).toContain(line);
    expect(after.indexOf("music:")).toBeLessThan(after.indexOf("agency:"));
    expect(after).not.toMatch(/timeoutSeconds|rhythm|standing|sealed/);
    const events = await bench.store.read((tx) => tx.events({ kind: "domain.added" }));
    expect(events.map(({ domain, actor }) => [domain, actor])).toEqual([
      ["music", "operator"],
      ["agency", "operator"],
    ]);
  });

  test("W9: the list has absolute paths, in the file's order", async () => {
    const path = bench.repository("app");
    await bench.add({ name: "music", path });
    const workspace = await bench.add({ name: "agency", create: true });
    expect(listDomains(workspace)).toEqual([
      expect.objectContaining({
        name: "music",
        prefix: "MUS",
        sealed: false,
        home: path,
        repos: [],
        baseline: runGitIn(path, "rev-parse", "main"),
      }),
      expect.objectContaining({ name: "agency", prefix: "AGE", home: join(bench.root, "agency"), knowledgeOnly: true, checks: [] }),
    ]);
  });
});

describe("warnings", () => {
  test("W7: what agents will not see as the operator does is said", async () => {
    const path = bench.repository("app", { ...nodeProject, ".gitattributes": "*.psd filter=lfs\n", ".gitignore": "notes/\n" });
    symlinkSync("/etc/passwd", join(path, "out"));
    symlinkSync("src/app.js", join(path, "in"));
    runGitIn(path, "update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},vendor/sub`);
    runGitIn(path, "add", "out", "in");
    runGitIn(path, "commit", "-q", "-m", "odd");
    const { warnings } = await bench.plan({ name: "music", path });
    const text = warnings.join("\n");
    expect(text).toMatch(/Submodules.*vendor\/sub/);
    expect(text).toMatch(/LFS/);
    expect(text).toMatch(/Symbolic links.*: out\./);
    expect(text).toMatch(/\.gitignore covers notes\/\.gitkeep/);
  });

  test("W12: code without tests and linter: both proposed, and the domain is added all the same", async () => {
    const path = bench.repository("app", { "main.py": "print(1)\n" });
    const plan = await bench.plan({ name: "music", path });
    expect(plan.proposals.map(({ kind }) => kind)).toEqual(["test", "lint"]);
    expect((await bench.add({ name: "music", path })).domains[0]?.home).toMatchObject({ knowledgeOnly: false, checks: [] });
  });

  test("W11: this project's own repository is its lint and its check", async () => {
    const root = join(import.meta.dirname, "..", "..");
    const files = runGitIn(root, "ls-files").split("\n");
    const { checks, setup, proposals } = detectChecks({
      files,
      read: (file) => (files.includes(file) && isRead(file) ? readFileSync(join(root, file), "utf8") : undefined),
    });
    expect(checks.map(({ name, run, kind }) => [name, run, kind])).toEqual([
      ["lint", "npm run lint", "lint"],
      ["check", "npm run check", "test"],
    ]);
    expect(setup).toBe("npm ci");
    expect(proposals).toEqual([]);
  });
});
