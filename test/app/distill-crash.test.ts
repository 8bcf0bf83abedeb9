import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { distill } from "../../src/app/distill.ts";
import { type BuiltProgram, buildProgram } from "../support/build-program.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";
import { readSeed, scaleRuns } from "../support/read-seed.ts";

let program: BuiltProgram;
beforeAll(async () => {
  program = await buildProgram("test/app/distill-once.ts");
});
afterAll(() => program.remove());

const names = ["music", "agency", "trading", "tooling"];
const homes = Object.fromEntries(
  names.map((name, index) => [
    name,
    {
      prefix: name.slice(0, 3).toUpperCase(),
      sealed: name === "trading",
      files: Object.fromEntries(
        [1, 2, 3].map((number) => [
          `notes/${number}.md`,
          `Learned: supplier ${name}-${number} needs ${index + number + 2} weeks for an order\n`,
        ]),
      ),
    },
  ]),
);

/** Runs the program; kills it `afterMs` after it began, if it still lives then. Gives how long it took. */
async function runOnce(wiki: WikiWorld, afterMs?: number): Promise<{ killed: boolean; ms: number }> {
  const child = spawn(process.execPath, [program.file, wiki.root, JSON.stringify(homes)], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  const begun = performance.now();
  if (afterMs !== undefined) {
    await delay(afterMs);
    child.kill("SIGKILL");
  }
  const [code, signal] = await ended;
  if (afterMs === undefined) expect(code).toBe(0);
  return { killed: signal === "SIGKILL", ms: performance.now() - begun };
}

const seed = readSeed();
test(`K2: killed anywhere, each artifact is distilled exactly once, seed ${seed}`, { timeout: 300_000 }, async () => {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const whole = await makeWikiWorld(homes);
  const { ms } = await runOnce(whole);
  await whole.remove();
  let killed = 0;
  for (let run = 0; run < scaleRuns({ short: 3, long: 30 }); run += 1) {
    const wiki = await makeWikiWorld(homes);
    try {
      for (let kills = 0; kills <= run % 2; kills += 1) {
        if ((await runOnce(wiki, random() * ms * 0.7)).killed) killed += 1;
      }
      await distill(wiki.world);
      const found = await wiki.world.store.read(async (tx) => ({
        artifacts: await tx.artifacts.list(),
        tickets: await tx.tickets.list(),
        candidates: await tx.candidates.list(),
        distilled: await tx.events({ kind: "artifact.distilled" }),
      }));
      expect(found.artifacts.map((artifact) => artifact.distilledAt !== undefined)).toEqual(Array(12).fill(true));
      expect(found.tickets.map((ticket) => [ticket.id, ticket.status.state]).sort()).toEqual(
        ["AGE-1", "MUS-1", "TOO-1", "TRA-1"].map((id) => [id, "ready"]),
      );
      expect(found.candidates.map((candidate) => candidate.status)).toEqual(Array(12).fill("ticketed"));
      expect(found.distilled.flatMap((event) => event.data.artifacts)).toHaveLength(12);
      expect(await wiki.world.store.verifyLog()).toMatchObject({ ok: true });
      expect(await distill(wiki.world)).toMatchObject({ artifacts: 0, candidates: [], tickets: [] });
    } finally {
      await wiki.remove();
    }
  }
  expect(killed).toBeGreaterThan(0);
});
