import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createGit } from "../../../src/adapter/git/git.ts";
import { RepoConfig, type RepoHandle } from "../../../src/contract/config.ts";
import type { Slot } from "../../../src/port/slot.ts";
import type { World } from "../../../src/port/world.ts";
import { findCulprit } from "../../../src/stage/gate/find-culprit.ts";
import { commitFiles, makeRepository, makeTemporaryFolder, runGitIn } from "../../support/make-repository.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

/** Main of ten landings, the sixth of which made it red; `flukes`: test runs that are red whatever they look at. */
async function search(name: string, { redFrom, flukes }: { redFrom: number; flukes: readonly number[] }) {
  const path = join(folder.path, name);
  const baseline = makeRepository(path, { "n.txt": "0\n" });
  const commits = [baseline];
  for (let number = 1; number <= 10; number += 1) commits.push(commitFiles(path, { "n.txt": `${number}\n` }, `landing ${number}`));
  const checks = [{ name: "test", run: "make test" }];
  const repo: RepoHandle = { ...RepoConfig.parse({ path: name, baseline, checks }), domain: "music", name: "home", lane: "music", path };
  let runs = 0;
  let at = "";
  const slot = {
    prepare: async (commit: string) => {
      at = commit;
    },
    run: async () => {
      runs += 1;
      const isRed = flukes.includes(runs) || commits.indexOf(at) >= redFrom;
      return { exitCode: isRed ? 1 : 0, stdout: "", stderr: "", ms: 1, endedBy: "exit" };
    },
    restore: async () => [],
  } as unknown as Slot;
  const world = {
    git: createGit({ PATH: process.env.PATH, HOME: folder.path }),
    slots: { withSlot: async (_: unknown, body: (slot: Slot) => Promise<unknown>) => body(slot) },
    store: { read: async () => [] },
    workspace: { stateDir: folder.path },
  } as unknown as World;
  const red = runGitIn(path, "rev-parse", "main");
  const found = await findCulprit(world, { repo, red, logBase: "log/base", signal: new AbortController().signal });
  return { ...found, culprit: found.culprit && commits.indexOf(found.culprit.commit) };
}

test("G4d: since when main is red is found among its last landings", async () => {
  for (const redFrom of [1, 6, 10]) expect((await search(`red-${redFrom}`, { redFrom, flukes: [] })).culprit).toBe(redFrom);
  expect((await search("red-0", { redFrom: 0, flukes: [] })).culprit).toBeUndefined();
});

test("G4d: a landing that was red once by chance is not taken for one that is: red counts at the second time", async () => {
  const steady = await search("steady", { redFrom: 6, flukes: [] });
  // The first looks whether main was ever green: a fluke there would find nobody.
  for (let fluke = 1; fluke <= steady.builds; fluke += 1)
    expect(await search(`fluke-${fluke}`, { redFrom: 6, flukes: [fluke] })).toMatchObject({ culprit: 6 });
});
