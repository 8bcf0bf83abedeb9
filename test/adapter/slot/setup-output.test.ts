import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createGit } from "../../../src/adapter/git/git.ts";
import {
  dropForeignOutputs,
  dropOldOutputs,
  findSetupOutput,
  hashSetupInputs,
  keepSetupOutput,
} from "../../../src/adapter/slot/setup-output.ts";
import type { RepoHandle } from "../../../src/contract/config.ts";
import { commitFiles, makeRepository, makeTemporaryFolder, runGitIn } from "../../support/make-repository.ts";
import { boxAvailable } from "../../support/open-box.ts";
import { openWorld } from "../../support/open-world.ts";
import { withoutRoot } from "../../support/without-root.ts";

const nobodyOrSelf = process.geteuid?.() === 0 ? 65_534 : (process.geteuid?.() as number);

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

function open() {
  const { path, remove } = makeTemporaryFolder();
  cleanups.push(remove);
  const parent = join(path, "setup/music/home");
  mkdirSync(parent, { recursive: true });
  const makeTree = (name: string) => {
    mkdirSync(join(path, name, "deps"), { recursive: true });
    writeFileSync(join(path, name, "deps/from"), name);
    return join(path, name);
  };
  return { root: path, parent, makeTree };
}

describe("G5b: what setup made is kept", () => {
  test("an output that a crash left half made is no output, and the next one takes its place", () => {
    const { parent, makeTree } = open();
    const dir = join(parent, "h1");
    mkdirSync(join(dir, "files/deps"), { recursive: true });
    mkdirSync(join(parent, "h1.part-1/files/deps"), { recursive: true });
    writeFileSync(join(parent, "h1.part-1/paths.json"), '["deps"]');
    expect(findSetupOutput(dir)).toBeUndefined();
    keepSetupOutput({ tree: makeTree("one"), dir, ignored: ["deps/"] });
    expect(findSetupOutput(dir)?.paths).toEqual(["deps"]);
    expect(readFileSync(join(dir, "files/deps/from"), "utf8")).toBe("one");
  });

  test("an output whose list a loss of power left empty is made anew, and one of closed folders goes as any", async () => {
    const { root, parent, makeTree } = open();
    const dir = join(parent, "h1");
    keepSetupOutput({ tree: makeTree("one"), dir, ignored: ["deps/"] });
    writeFileSync(join(dir, "paths.json"), "");
    expect(findSetupOutput(dir)).toBeUndefined();
    // As a package manager leaves them that wants nobody to write there.
    chmodSync(join(dir, "files/deps"), 0o555);
    for (const path of [root, parent, dir, join(dir, "files"), join(dir, "files/deps")]) chownSync(path, nobodyOrSelf, nobodyOrSelf);
    const tree = makeTree("two");
    for (const path of [tree, join(tree, "deps")]) chownSync(path, nobodyOrSelf, nobodyOrSelf);
    await withoutRoot(async () => keepSetupOutput({ tree, dir, ignored: ["deps/"] }));
    expect(findSetupOutput(dir)?.paths).toEqual(["deps"]);
    expect(readFileSync(join(dir, "files/deps/from"), "utf8")).toBe("two");
  });

  test("it is kept by what it was made from: lockfiles, and what the setup's command names, itself or by a script", async () => {
    const home = join(open().root, "home");
    const scripts = { postinstall: "node tools/after.mjs" };
    const files = { "package.json": JSON.stringify({ scripts }), "tools/setup.sh": "npm ci\n", "tools/after.mjs": "1\n", "a.txt": "a\n" };
    makeRepository(home, files);
    const git = createGit(process.env).at(home);
    const hash = (setup: string) => hashSetupInputs({ setup } as RepoHandle, git, runGitIn(home, "rev-parse", "HEAD"));
    const both = async () => [await hash("sh tools/setup.sh"), await hash("npm ci")];
    const [bySetup, byInstall] = await both();
    expect(bySetup).not.toBe(byInstall);
    commitFiles(home, { "a.txt": "another\n" }, "docs: a");
    expect(await both()).toEqual([bySetup, byInstall]);
    commitFiles(home, { "tools/setup.sh": "npm ci --ignore-scripts\n" }, "build: setup");
    expect(await hash("sh tools/setup.sh")).not.toBe(bySetup);
    expect(await hash("npm ci")).toBe(byInstall);
    commitFiles(home, { "tools/after.mjs": "2\n" }, "build: after");
    expect(await hash("npm ci")).not.toBe(byInstall);
    const withLock = commitFiles(home, { "package-lock.json": "{}\n" }, "build: lock");
    expect(await hash("npm ci")).not.toBe(await hashSetupInputs({ setup: "npm ci" } as RepoHandle, git, `${withLock}~1`));
  });

  test("who comes second uses what is there, which may be mounted: it is not replaced", () => {
    const { parent, makeTree } = open();
    const dir = join(parent, "h1");
    keepSetupOutput({ tree: makeTree("one"), dir, ignored: ["deps/"] });
    const second = keepSetupOutput({ tree: makeTree("two"), dir, ignored: ["deps/"] });
    expect(second).toEqual({ dir, paths: ["deps"] });
    expect(readFileSync(join(dir, "files/deps/from"), "utf8")).toBe("one");
    expect(readdirSync(parent)).toEqual(["h1"]);
  });

  test.skipIf(!boxAvailable)("two slots at once share one, which setup made once for both", async () => {
    const files = { ".gitignore": "deps/\n", "package-lock.json": "{}\n", "check.sh": "true\n" };
    const setup = "mkdir -p deps && head -c 8 /dev/urandom | od -An -tx1 > deps/stamp";
    const at = await openWorld({ music: { prefix: "MUS", files, repo: { setup } } });
    cleanups.push(at.remove);
    const repo = at.world.workspace.domains[0]?.home;
    const tip = repo && (await at.world.git.at(repo.path).resolve("refs/heads/main"));
    if (!repo || !tip) throw new Error("no repository");
    const read = () =>
      at.world.slots.withSlot({ repo, purpose: "test" }, async (slot) => {
        await slot.prepare(tip);
        return `${slot.id} ${(await slot.run({ command: "cat deps/stamp; echo x > deps/y || echo read-only", wallMs: 20_000 })).stdout}`;
      });
    const [one, two] = await Promise.all([read(), read()]);
    expect(one?.split(" ")[0]).not.toBe(two?.split(" ")[0]);
    expect(one?.slice(one.indexOf(" "))).toBe(two?.slice(two.indexOf(" ")));
    expect(one).toContain("read-only");
    expect(readdirSync(join(at.world.workspace.stateDir, "setup/music/home"))).toHaveLength(1);
  });
});

describe.skipIf(!boxAvailable)("G5b: a stop", () => {
  test("G5b: a setup that runs is ended at once, with all that it started; it has not failed, and the next one is made whole", async () => {
    const files = { ".gitignore": "deps/\n", "package-lock.json": "{}\n", "check.sh": "true\n" };
    const setup = "mkdir -p deps; echo begun; sleep 60 & sleep 60";
    const at = await openWorld({ music: { prefix: "MUS", files, repo: { setup } } });
    cleanups.push(at.remove);
    const repo = at.world.workspace.domains[0]?.home;
    const tip = repo && (await at.world.git.at(repo.path).resolve("refs/heads/main"));
    if (!repo || !tip) throw new Error("no repository");
    const stop = new AbortController();
    const log = join(at.world.workspace.stateDir, "log/setup/music/home.log");
    const from = performance.now();
    const making = at.world.slots.withSlot({ repo, purpose: "test", signal: stop.signal }, (slot) => slot.prepare(tip));
    await vi.waitFor(() => expect(readFileSync(log, "utf8")).toContain("begun"), { timeout: 30_000, interval: 20 });
    stop.abort();
    await expect(making).rejects.toMatchObject({ name: "AbortError" });
    expect(performance.now() - from).toBeLessThan(30_000);
    expect(readdirSync(join(at.world.workspace.stateDir, "setup/music/home"))).toEqual([]);
    expect(await at.world.store.read((tx) => tx.leases.list())).toEqual([]);
    const quick = { ...repo, setup: "mkdir -p deps && echo made > deps/x" };
    await at.world.slots.withSlot({ repo: quick, purpose: "test" }, (slot) => slot.prepare(tip));
    expect(readdirSync(join(at.world.workspace.stateDir, "setup/music/home"))).toHaveLength(1);
  });
});

describe("G5c: the disk is bounded", () => {
  test("outputs go by when they were used, not by their names; the newest beside the one in use stays, and what may be mounted", () => {
    const { parent } = open();
    const now = Date.now();
    const hours: Readonly<Record<string, number>> = { a: 1, b: 30, c: 20, d: 40, "e.part-1": 50, "f.part-1": 1 };
    for (const [name, ago] of Object.entries(hours)) {
      mkdirSync(join(parent, name));
      const list = join(parent, name, "paths.json");
      if (!name.includes(".part-")) writeFileSync(list, "[]");
      const at = new Date(now - ago * 3_600_000);
      utimesSync(existsSync(list) ? list : join(parent, name), at, at);
    }
    mkdirSync(join(parent, "now"));
    dropOldOutputs(parent, "now", now);
    expect(readdirSync(parent).sort()).toEqual(["a", "f.part-1", "now"]);
    findSetupOutput(join(parent, "a"));
    dropOldOutputs(parent, "now", now + 7 * 3_600_000);
    expect(readdirSync(parent).sort()).toEqual(["a", "now"]);
  });

  test("what was kept for a repository that is none any more goes", () => {
    const { root } = open();
    for (const name of ["music/home", "music/gone", "gone/home"]) mkdirSync(join(root, "setup", name, "h"), { recursive: true });
    expect(dropForeignOutputs(root, (repo) => repo === "music/home").sort()).toEqual(["gone/home", "music/gone"]);
    expect(readdirSync(join(root, "setup/music"))).toEqual(["home"]);
  });
});
