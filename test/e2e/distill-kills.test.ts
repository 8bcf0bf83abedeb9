import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BuiltProgram, buildProgram } from "../support/build-program.ts";
import { callMos, fileTicket, makeCommandWorkspace } from "../support/file-tickets.ts";
import type { KillPoint } from "../support/kill-at.ts";
import { relocate } from "../support/kill-mos.ts";
import { makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { isInTurn, readSeed } from "../support/read-seed.ts";
import { readStore } from "../support/start-worker.ts";

const folder = makeTemporaryFolder("mos-distill-kills-");
const note = "# Plant\n\nLearned: the plant needs six weeks for colour vinyl\n\nLearned: ship early\n";
const seed = readSeed();
let program: BuiltProgram;
afterAll(async () => {
  await program?.remove();
  folder.remove();
});

/** What is to be seen of the domain afterwards. */
interface Left {
  /** Artifacts that are kept, and those of them that are distilled. */
  readonly kept: number;
  readonly distilled: number;
  /** `status` of each candidate, in the order of their ids' artifacts. */
  readonly candidates: string[];
  /** Of the librarian, and of operator-global, with their states. */
  readonly tickets: string[];
}

interface Row {
  /** What is done before by the program itself. */
  readonly first: readonly (readonly string[])[];
  readonly kill: KillPoint;
  readonly left: Left;
}

const kill = (act: KillPoint["act"], when: KillPoint["when"], step: string): KillPoint => ({ act, when, step });
const marked = "append(artifact.distilled)";
const nothing: Left = { kept: 0, distilled: 0, candidates: [], tickets: [] };
const kept: Left = { ...nothing, kept: 1 };
const distilled: Left = { kept: 2, distilled: 2, candidates: ["open", "ticketed", "ticketed"], tickets: ["MUS-2 ready"] };
const merged: Left = { ...distilled, tickets: ["MUS-2 merged"] };
const once = [["distill"]];
const landed = [["distill"], ["run"]];

/** Each row of the table in docs/spec/knowledge.md. */
const rows: Readonly<Record<string, Row>> = {
  Y1: { first: [], kill: kill("distill", "amid", "artifacts.put(ticket:MUS-1)"), left: nothing },
  Y2: { first: [], kill: kill("distill", "before", "append(artifact.kept)"), left: nothing },
  Y3: { first: [], kill: kill("distill", "after", "append(artifact.kept)"), left: kept },
  Y4: { first: [], kill: kill("distill", "amid", "artifacts.put(note:music:"), left: kept },
  Y5: { first: [], kill: kill("distill", "amid", "candidates.put("), left: kept },
  Y6: { first: [], kill: kill("distill", "amid", "tickets.insert(MUS-2"), left: kept },
  Y7: { first: [], kill: kill("distill", "amid", "tickets.update(MUS-2 ready)"), left: kept },
  Y8: { first: [], kill: kill("distill", "amid", marked), left: kept },
  Y9: { first: [], kill: kill("distill", "before", marked), left: kept },
  Y10: { first: [], kill: kill("distill", "after", marked), left: distilled },
  Y11: { first: once, kill: kill("run", "before", "append(gate.landed)"), left: { ...distilled, tickets: ["MUS-2 verifying"] } },
  Y12: { first: once, kill: kill("run", "after", "append(gate.landed)"), left: merged },
  Y13: { first: landed, kill: kill("distill", "before", "append(candidate.settled)"), left: merged },
  Y14: {
    first: landed,
    kill: kill("distill", "after", "append(candidate.settled)"),
    left: { ...merged, candidates: ["open", "written", "written"] },
  },
  Y15: { first: once, kill: kill("approve", "amid", "tickets.insert(MUS-3"), left: distilled },
  Y16: { first: once, kill: kill("approve", "before", "append(candidate.approved)"), left: distilled },
  Y17: {
    first: once,
    kill: kill("approve", "after", "append(candidate.approved)"),
    left: { ...distilled, candidates: ["ticketed", "ticketed", "ticketed"], tickets: ["MUS-2 ready", "MUS-3 ready"] },
  },
  Y18: { first: once, kill: kill("release", "amid", "artifacts.put(release:"), left: distilled },
  Y19: { first: once, kill: kill("release", "before", "append(candidate.released)"), left: distilled },
  Y20: {
    first: once,
    kill: kill("release", "after", "append(candidate.released)"),
    left: { ...distilled, candidates: ["approved", "ticketed", "ticketed"], tickets: ["MUS-2 ready", "OPS-1 ready"] },
  },
};

describe.skipIf(!boxAvailable)(`K2: killed at a crash point of docs/spec/knowledge.md, then distilled and run again, seed ${seed}`, () => {
  const template = join(folder.path, "template");

  beforeAll(async () => {
    program = await buildProgram("test/support/kill-at.ts");
    mkdirSync(template, { recursive: true });
    const root = await makeCommandWorkspace(template, ["music"], { "notes/plant.md": note });
    await fileTicket(root, { domain: "music", title: "Write b", touches: ["b.txt"], run: ["echo b > b.txt"] });
    await callMos(root, ["run"]);
    // A copy of it would not be its box user's.
    rmSync(join(root, ".mos/slot"), { recursive: true });
  });

  test("K2: each row of the table has its test, and each test its row", () => {
    const table = readFileSync(join(import.meta.dirname, "../../docs/spec/knowledge.md"), "utf8");
    expect([...table.matchAll(/^\| (Y\d+) +\|/gm)].map((match) => match[1])).toEqual(Object.keys(rows));
  });

  test.each(Object.entries(rows).filter((_, index) => isInTurn(index, { seed, of: 20 })))(
    "%s: what the table says is left, and then each artifact is distilled once and each claim written once",
    async (id, row) => {
      const copy = join(folder.path, id);
      cpSync(template, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
      const [root, home] = [join(copy, "os"), join(copy, "repos/music")];
      relocate(root, template, copy);
      for (const words of row.first) await callMos(root, words);
      await killAt(root, row.kill);
      expect(await look(root)).toEqual(row.left);
      await expectWhole(root, home, row);
    },
  );
});

async function killAt(root: string, point: KillPoint): Promise<void> {
  const env = { PATH: process.env.PATH ?? "", HOME: root };
  const ended = await execa(process.execPath, [program.file, root, JSON.stringify(point)], { env, extendEnv: false, reject: false });
  if (ended.signal !== "SIGKILL") throw new Error(`it was not killed, it ended with ${ended.exitCode}: ${ended.stdout}\n${ended.stderr}`);
}

async function look(root: string): Promise<Left> {
  return await readStore(root, async (tx) => {
    const artifacts = await tx.artifacts.list({ domain: "music" });
    const candidates = await tx.candidates.list({ domain: "music" });
    const tickets = (await tx.tickets.list()).filter(({ role }) => role !== "executor");
    return {
      kept: artifacts.length,
      distilled: artifacts.filter(({ distilledAt }) => distilledAt !== undefined).length,
      candidates: candidates.map(({ status }) => status).sort(),
      tickets: tickets.map(({ id, status }) => `${id} ${status.state}`).sort(),
    };
  });
}

/** Whatever was broken off: another distillation and another run leave all of it there, once, and a third finds nothing to do. */
async function expectWhole(root: string, home: string, { kill: { act }, left }: Row): Promise<void> {
  await callMos(root, ["distill"]);
  await callMos(root, ["run"]);
  await callMos(root, ["distill"]);
  expect(await callMos(root, ["distill"])).toMatchObject({ artifacts: 0, candidates: [], tickets: [] });
  const [approved, released] = [left.tickets.includes("MUS-3 ready"), left.tickets.includes("OPS-1 ready")];
  const tickets = ["MUS-2 merged", ...(approved ? ["MUS-3 merged"] : []), ...(released ? ["OPS-1 merged"] : [])];
  const last = approved ? "written" : released ? "approved" : "open";
  expect(await look(root)).toEqual({ kept: 2, distilled: 2, candidates: [last, "written", "written"].sort(), tickets });
  const page = runGitIn(home, "show", "main:wiki/history.md");
  const countOf = (words: string) => page.split("\n").filter((line) => line.startsWith("- ") && line.includes(words)).length;
  expect([countOf("six weeks for colour vinyl"), countOf("Write b"), countOf("Ship early")]).toEqual([1, 1, approved ? 1 : 0]);
  if (act === "release") {
    const global = released ? runGitIn(join(root, "operator"), "show", "main:wiki/history.md") : "";
    expect(global.match(/^- Ship early/gm)?.length ?? 0).toBe(released ? 1 : 0);
  }
  const events = await readStore(root, (tx) => tx.events({ domain: "music" }));
  const told = (kind: string, key: string) =>
    events.filter((event) => event.kind === kind).flatMap(({ data }) => data[key] as string | string[]);
  expect(told("artifact.kept", "artifact")).toEqual(["ticket:MUS-1"]);
  expect(told("artifact.distilled", "artifacts")).toEqual(["ticket:MUS-1", expect.stringMatching(/^note:music:notes\/plant\.md@/)]);
  expect(await callMos(root, ["wiki", "check"])).toEqual([]);
  expect(await callMos(root, ["log", "verify"])).toMatchObject({ ok: true });
}
