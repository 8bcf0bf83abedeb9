import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AttachRepoArgs, applyAttachRepo, planAttachRepo } from "../../src/app/attach-repo.ts";
import { listDomains } from "../../src/app/list-domains.ts";
import { commitFiles, runGitIn, writeFiles } from "../support/make-repository.ts";
import { type Bench, makeWorkspace } from "../support/make-workspace.ts";
import { describeRepository, takeSnapshot } from "../support/take-snapshot.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await makeWorkspace();
  await bench.add({ name: "music", create: true });
});
afterEach(() => bench.remove());

const attach = async (args: AttachRepoArgs) => {
  const world = await bench.world();
  return applyAttachRepo(world, await planAttachRepo(world, args));
};

describe("mos domain attach", () => {
  test("W13: the repository is not touched; its tip is the baseline, its checks are detected, its lane is its own", async () => {
    const path = bench.repository("My Player");
    writeFiles(path, { "DOMAIN.md": "a draft\n" });
    const before = { refs: describeRepository(path), files: takeSnapshot(path) };
    const { domain } = await attach({ domain: "music", path });
    expect({ refs: describeRepository(path), files: takeSnapshot(path) }).toEqual(before);
    expect(domain.repos.map(({ name, lane }) => [name, lane])).toEqual([
      ["home", "music"],
      ["my-player", "music/my-player"],
    ]);
    expect(listDomains((await bench.world()).workspace)[0]?.repos).toEqual([
      {
        name: "my-player",
        path,
        branch: "main",
        baseline: runGitIn(path, "rev-parse", "main"),
        knowledgeOnly: false,
        checks: [
          { name: "lint", run: "npm run lint", kind: "lint" },
          { name: "test", run: "npm test", kind: "test" },
        ],
      },
    ]);
    const [event] = await bench.store.read((tx) => tx.events({ kind: "domain.attached" }));
    expect(event).toMatchObject({ domain: "music", actor: "operator", data: { repo: "my-player", path } });
  });

  test.each<[string, Partial<AttachRepoArgs>, string]>([
    ["domain-unknown", { domain: "musik" }, "Did you mean 'music'?"],
    ["bad-name", { as: "home" }, "--as"],
    ["bad-name", { as: "Player!" }, "--as"],
    ["repo-exists", { as: "player" }, "--as"],
    ["repository-taken", { path: "player", as: "other" }, "of its own"],
  ])("W13: refused with %s, and mos.yaml stays", async (code, args, hint) => {
    const player = bench.repository("player");
    await attach({ domain: "music", path: player });
    const path = args.path ? join(bench.folder, args.path) : bench.repository("second");
    const before = readFileSync(join(bench.root, "mos.yaml"), "utf8");
    await expect(attach({ domain: "music", ...args, path })).rejects.toMatchObject({ code, hint: expect.stringContaining(hint) });
    expect(readFileSync(join(bench.root, "mos.yaml"), "utf8")).toBe(before);
  });

  test("W13: main moved since the plan was shown", async () => {
    const path = bench.repository("player");
    const world = await bench.world();
    const plan = await planAttachRepo(world, { domain: "music", path });
    commitFiles(path, { "late.txt": "late\n" }, "late");
    await expect(applyAttachRepo(world, plan)).rejects.toMatchObject({ code: "repository-moved" });
    expect((await bench.world()).workspace.domains[0]?.repos).toHaveLength(1);
  });
});
