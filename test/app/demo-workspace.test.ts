import { cp, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSystemClock } from "../../src/adapter/clock/system-clock.ts";
import { createGit } from "../../src/adapter/git/git.ts";
import { openStore } from "../../src/adapter/store-libsql/open-store.ts";
import { openConfigFile } from "../../src/adapter/workspace/edit-config.ts";
import { cleanDemos } from "../../src/app/clean-demo.ts";
import { listDomain } from "../../src/app/list-domains.ts";
import { makeDemo } from "../../src/app/make-demo.ts";
import type { Workspace } from "../../src/contract/config.ts";

const contentDir = join(import.meta.dirname, "../../demo");
const uid = process.getuid?.();
let folder: string;
let root: string;
let workspace: Workspace;
let madeMs: number;

const clock = createSystemClock();
/** A machine on which git knows nobody. */
const git = () => createGit({ PATH: process.env.PATH, HOME: join(folder, "no-home") });

async function make(dir: string): Promise<Workspace> {
  return makeDemo({
    dir,
    contentDir,
    git: git(),
    clock,
    open: async (at) => {
      const configFile = openConfigFile(at);
      const loaded = await configFile.load();
      const store = await openStore({ file: join(loaded.stateDir, "store.db"), clock, create: true });
      return { workspace: loaded, git: git(), store, configFile, close: () => store.close() };
    },
  });
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "mos-demo-test-")));
  root = join(folder, "mos-demo-1");
  const startedMs = performance.now();
  workspace = await make(root);
  madeMs = performance.now() - startedMs;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the demo workspace is made within ten seconds, by init and domain add, where git knows nobody", async () => {
  // Wall time on a machine that others use as well: as many times longer as there is more to do than processors.
  expect(madeMs / Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())).toBeLessThan(10_000);
  expect(workspace.domains.map((domain) => domain.name)).toEqual(["music", "agency", "trading", "tooling", "incubator", "artist", "jobs"]);
  expect(workspace.domains.filter((domain) => domain.sealed).map((domain) => domain.name)).toEqual(["trading"]);
  expect((await stat(join(root, "playbooks", "pipeline-report.yaml"))).isFile()).toBe(true);
});

test("G9: a test and a linter are detected in every domain, and adding it changes nothing of it", async () => {
  for (const domain of workspace.domains) {
    const listed = listDomain(domain);
    expect(new Set(listed.checks.map((check) => check.name)), domain.name).toEqual(new Set(["test", "lint"]));
    expect(domain.home.checks.map((check) => check.kind).sort(), domain.name).toEqual(["lint", "test"]);
    const repo = git().at(domain.home.path);
    expect(await repo.resolve("main"), domain.name).toBe(domain.home.baseline);
    expect((await repo.log("main"))[0]?.subject, domain.name).not.toMatch(/^chore: add the files/);
    expect(await repo.identity(), domain.name).toEqual({ name: "Demo Operator", email: "demo@example.invalid" });
  }
  expect(workspace.domains.flatMap((domain) => domain.home.setup ?? [])).toEqual(["npm ci"]);
});

test("a folder that is not empty is refused and left alone", async () => {
  const taken = await mkdtemp(join(folder, "taken-"));
  await writeFile(join(taken, "mine.txt"), "mine");
  await expect(make(taken)).rejects.toMatchObject({ code: "demo-folder-taken" });
  expect(await readFile(join(taken, "mine.txt"), "utf8")).toBe("mine");
});

test("demo clean removes what its own mark names, and nothing that was copied, linked to or never marked", async () => {
  const copy = join(folder, "mos-demo-copy");
  await cp(root, copy, { recursive: true });
  const link = join(folder, "mos-demo-link");
  await symlink(root, link);
  const plain = await mkdtemp(join(folder, "mos-demo-plain-"));
  await expect(cleanDemos({ dir: copy, tempDir: folder, uid })).rejects.toMatchObject({ code: "not-a-demo" });
  await expect(cleanDemos({ dir: link, tempDir: folder, uid })).rejects.toMatchObject({ code: "not-a-demo" });
  await expect(cleanDemos({ dir: join(folder, "absent"), tempDir: folder, uid })).rejects.toMatchObject({ code: "not-a-demo" });
  expect(await cleanDemos({ tempDir: folder, uid })).toEqual({ removed: [root] });
  expect(await stat(root).catch(() => undefined)).toBeUndefined();
  for (const left of [copy, plain]) expect((await stat(left)).isDirectory()).toBe(true);
  expect(await cleanDemos({ tempDir: folder, uid })).toEqual({ removed: [] });
});
