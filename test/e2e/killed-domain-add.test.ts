import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadWorkspace } from "../../src/adapter/workspace/load-workspace.ts";
import { type BuiltProgram, buildProgram } from "../support/build-program.ts";
import { makeRepository, makeTemporaryFolder, runGitIn, writeFiles } from "../support/make-repository.ts";
import { readSeed, scaleRuns } from "../support/read-seed.ts";

const seed = readSeed();
const runs = scaleRuns({ short: 8, long: 50 });
let program: BuiltProgram;
let place: ReturnType<typeof makeTemporaryFolder>;
let environment: Record<string, string>;

beforeAll(async () => {
  program = await buildProgram("src/entry/cli/main.ts");
  place = makeTemporaryFolder("mos-kill ü-");
  writeFiles(place.path, { "home/.gitconfig": "[user]\n\tname = Test Operator\n\temail = operator@example.invalid\n" });
  environment = { PATH: process.env.PATH ?? "", HOME: join(place.path, "home") };
});
afterAll(async () => {
  place.remove();
  await program.remove();
});

/** Runs `mos`; killed after `killAfterMs`, if it runs so long. */
async function runMos(args: readonly string[], killAfterMs?: number) {
  const child = spawn(process.execPath, [program.file, ...args, "--json", "--no-input"], {
    env: environment,
    stdio: ["ignore", "pipe", "ignore"],
  });
  let stdout = "";
  child.stdout.on("data", (data) => {
    stdout += data;
  });
  if (killAfterMs !== undefined) sleep(killAfterMs).then(() => child.kill("SIGKILL"));
  const startedAt = performance.now();
  const [exitCode] = await once(child, "close");
  const answer = stdout === "" ? undefined : JSON.parse(stdout);
  return { exitCode, ms: performance.now() - startedAt, code: answer?.error?.code as string | undefined, answer };
}

/** mulberry32. */
function makeRandom(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe(`kill -9 at random moments, seed ${seed}`, () => {
  test(`W6: domain add, ${runs} times: the next try ends it, and no edit is lost`, async () => {
    const random = makeRandom(seed);
    const root = join(place.path, "os");
    expect((await runMos(["init", root, "--yes"])).exitCode).toBe(0);
    let usualMs = 1500;
    let killed = 0;
    for (let run = 0; run < runs; run++) {
      const path = join(place.path, `repo ${run}`);
      const tip = makeRepository(path);
      writeFiles(path, { "README.md": "edited\n", "staged.txt": "staged\n", "untracked.txt": "mine\n" });
      runGitIn(path, "add", "staged.txt");
      const before = runGitIn(path, "status", "--porcelain");
      const add = ["domain", "add", `d${run}`, "--path", path, "--yes", "--workspace", root];
      const first = await runMos(add, random() * usualMs);
      if (first.exitCode === null) killed++;
      else usualMs = first.ms;
      const second = await runMos(add);
      expect([0, 1]).toContain(second.exitCode);
      if (second.exitCode === 1) expect(second.answer).toMatchObject({ error: { code: "domain-exists" } });
      expect(runGitIn(path, "status", "--porcelain")).toBe(before);
      expect(readFileSync(join(path, "README.md"), "utf8")).toBe("edited\n");
      expect(runGitIn(path, "log", "--format=%s", `${tip}..main`)).toBe("chore: add the files of a Master OS domain");
      const { domains } = await loadWorkspace(root);
      expect(domains.map(({ name }) => name)).toEqual(Array.from({ length: run + 1 }, (_, at) => `d${at}`));
      expect(domains[run]?.home.baseline).toBe(runGitIn(path, "rev-parse", "main"));
    }
    expect(killed).toBeGreaterThan(0);
    expect(readdirSync(join(root, ".mos")).filter((name) => name.startsWith("config.lock"))).toEqual([]);
    expect(await runMos(["log", "verify", "--workspace", root])).toMatchObject({ exitCode: 0, answer: { data: { ok: true } } });
  });

  test(`W2: init and domain add --new, ${runs} times: whole or not there, and the next try makes it`, async () => {
    const random = makeRandom(seed + 1);
    let [initMs, addMs] = [800, 1500];
    for (let run = 0; run < runs; run++) {
      const folder = join(place.path, `new ${run}`);
      const root = join(folder, "os");
      const init = ["init", root, "--yes"];
      const first = await runMos(init, random() * initMs);
      if (first.exitCode === 0) initMs = first.ms;
      expect(existsSync(root)).toBe(existsSync(join(root, "mos.yaml")));
      const again = await runMos(init);
      expect(again.exitCode === 0 || again.code === "workspace-exists").toBe(true);
      expect(runGitIn(join(root, "operator"), "rev-parse", "main")).toBe((await loadWorkspace(root)).operator.home.baseline);
      const add = ["domain", "add", "music", "--new", "--yes", "--workspace", root];
      const adding = await runMos(add, random() * addMs);
      if (adding.exitCode === 0) addMs = adding.ms;
      const second = await runMos(add);
      if (second.code === "folder-taken")
        expect((await runMos(["domain", "add", "music", "--path", join(root, "music"), "--yes", "--workspace", root])).exitCode).toBe(0);
      else expect(second.exitCode === 0 || second.code === "domain-exists").toBe(true);
      const home = (await loadWorkspace(root)).domains[0]?.home;
      expect(home).toMatchObject({
        path: join(root, "music"),
        knowledgeOnly: true,
        baseline: runGitIn(join(root, "music"), "rev-parse", "main"),
      });
      expect(runGitIn(join(root, "music"), "status", "--porcelain")).toBe("");
      const left = [...readdirSync(folder), ...readdirSync(root)].filter((name) => name.startsWith(".mos-staging"));
      expect(left.length).toBeLessThanOrEqual(1);
    }
  });
});
