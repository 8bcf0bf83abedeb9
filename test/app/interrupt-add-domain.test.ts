import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyAddDomain } from "../../src/app/add-domain.ts";
import { commitFiles, runGitIn, writeFiles } from "../support/make-repository.ts";
import { type Bench, makeWorkspace } from "../support/make-workspace.ts";
import { describeRepository, takeSnapshot } from "../support/take-snapshot.ts";
import { withoutRoot } from "../support/without-root.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await makeWorkspace();
});
afterEach(() => bench.remove());

const mosYaml = () => readFileSync(join(bench.root, "mos.yaml"), "utf8");

describe("when something fails on the way", () => {
  const all = () => takeSnapshot(bench.folder, ["os/.mos"]);

  test("W6: main moved since the plan was shown: nothing is done", async () => {
    const path = bench.repository("app");
    const plan = await bench.plan({ name: "music", path });
    commitFiles(path, { "late.txt": "late\n" }, "late");
    const before = all();
    await expect(applyAddDomain(await bench.world(), plan)).rejects.toMatchObject({
      code: "repository-moved",
      hint: expect.stringContaining("again"),
    });
    expect(all()).toEqual(before);
  });

  test("W6: the log cannot be written: the commit is taken back, edits and all", async () => {
    const path = bench.repository("app");
    writeFiles(path, { "README.md": "edited\n", "untracked.txt": "mine\n" });
    const broken = { ...bench.store, write: async () => Promise.reject(new Error("disk full")) };
    for (const args of [
      { name: "music", path },
      { name: "music", create: true, path: join(bench.folder, "deep", "new one") },
    ]) {
      const plan = await bench.plan(args);
      const before = all();
      await expect(applyAddDomain({ ...(await bench.world()), store: broken }, plan)).rejects.toThrow("disk full");
      expect(all()).toEqual(before);
    }
  });

  test("W6: mos.yaml was written by someone meanwhile: the commit is taken back", async () => {
    const path = bench.repository("app");
    const plan = await bench.plan({ name: "music", path });
    const world = await bench.world();
    const meddling = {
      ...bench.store,
      write: async <T>(body: Parameters<typeof bench.store.write<T>>[0]) => {
        writeFileSync(join(bench.root, "mos.yaml"), `${mosYaml()}# theirs\n`);
        return bench.store.write(body);
      },
    };
    const refs = describeRepository(path);
    await expect(applyAddDomain({ ...world, store: meddling }, plan)).rejects.toMatchObject({ code: "config-changed" });
    expect(describeRepository(path)).toBe(refs);
    expect(mosYaml()).toContain("# theirs");
  });

  test("W6: mos.yaml cannot be replaced in the end: the commit is taken back", async () => {
    const path = bench.repository("app");
    const plan = await bench.plan({ name: "music", path });
    const world = await bench.world();
    const give = (owner: string) => {
      if (process.getuid?.() === 0) execFileSync("chown", ["-R", owner, path, join(bench.root, ".mos")]);
    };
    const before = all();
    give("65534");
    chmodSync(bench.folder, 0o755);
    chmodSync(bench.root, 0o555);
    await withoutRoot(() =>
      expect(applyAddDomain(world, plan)).rejects.toMatchObject({
        code: "config-unwritable",
        message: expect.stringContaining("mos.yaml"),
      }),
    );
    chmodSync(bench.root, 0o755);
    give("0");
    expect(all()).toEqual(before);
  });

  test("W6: killed after the checkout came forward, before main moved: the next try goes on", async () => {
    const path = bench.repository("app");
    const plan = await bench.plan({ name: "music", path });
    const repo = bench.git.at(path);
    const tree = await repo.editTree(plan.tip as string, Object.fromEntries(plan.files.map((file) => [file.path, file.content])));
    runGitIn(path, "read-tree", "-m", "-u", "HEAD", tree);
    const workspace = await bench.add({ name: "music", path });
    expect(runGitIn(path, "status", "--porcelain")).toBe("");
    expect(workspace.domains[0]?.home.baseline).toBe(runGitIn(path, "rev-parse", "main"));
  });

  test("W6: killed after main moved, before mos.yaml: the next try takes what is there", async () => {
    const path = bench.repository("app");
    const plan = await bench.plan({ name: "music", path });
    commitFiles(path, Object.fromEntries(plan.files.map((file) => [file.path, file.content])), "as the killed one did");
    const tip = runGitIn(path, "rev-parse", "main");
    expect((await bench.add({ name: "music", path })).domains[0]?.home.baseline).toBe(tip);
  });

  test("W5: two domains added at once both stand in mos.yaml", async () => {
    const [one, two] = [bench.repository("one"), bench.repository("two")];
    await Promise.all([bench.add({ name: "alpha", path: one }), bench.add({ name: "beta", path: two })]);
    expect((await bench.world()).workspace.domains.map(({ name }) => name).sort()).toEqual(["alpha", "beta"]);
  });
});
