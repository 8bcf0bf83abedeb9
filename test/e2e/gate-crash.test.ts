import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSystemClock } from "../../src/adapter/clock/system-clock.ts";
import { identifyWorker } from "../../src/adapter/process/identify-process.ts";
import { openStore } from "../../src/adapter/store-libsql/open-store.ts";
import { memoryNote } from "../../src/app/lane/tell-activity.ts";
import type { StoreWriter } from "../../src/port/store.ts";
import { type BuiltProgram, buildProgram } from "../support/build-program.ts";
import { callMos, fileTicket, makeCommandWorkspace, readLanded } from "../support/file-tickets.ts";
import type { KillPoint } from "../support/kill-at.ts";
import { findLocks, findProcessesOf, relocate } from "../support/kill-mos.ts";
import { type Beneath, lookBeneath, readOutputs } from "../support/look-beneath.ts";
import { commitFiles, makeTemporaryFolder, runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { isInTurn, readSeed } from "../support/read-seed.ts";
import { runMos } from "../support/run-mos.ts";
import { awaitThat, readStore, startWorker } from "../support/start-worker.ts";

const folder = makeTemporaryFolder("mos-crash-");
const work = "echo begun; echo more >> a.txt; mkdir d; echo e > d/e.txt; echo c > c.txt; rm gone.txt";
const seed = readSeed();
let program: BuiltProgram;
afterAll(async () => {
  await program?.remove();
  folder.remove();
});

/** What is to be seen of a workspace that nobody works in. */
interface Left {
  /** The ticket, and its attempt. */
  readonly ticket?: string;
  /** Of all tickets, those that are not merged. */
  readonly open: string[];
  readonly intents: number;
  /** Whether main has it; of receipts, how many are in git. */
  readonly landed: boolean;
  readonly receipts: number;
  /** Of the operator's checkout against main. */
  readonly status: string[];
  readonly locks: string[];
  readonly paused?: string;
  readonly leases: string[];
}

interface Row {
  /** One after the other, each on what the one before left. */
  readonly kills: readonly KillPoint[];
  /** In the operator's checkout, before all. */
  readonly first?: (home: string) => void;
  readonly setup?: true;
  /** Four tickets wait before the gate: three that land as one, and one that lands by itself. */
  readonly queue?: true;
  /** Of which nearly all failed lately, so that each prefix is tested beside the others. */
  readonly wary?: true;
  readonly left: Partial<Left>;
  readonly beneath?: Partial<Beneath>;
  /** What the operator does about a lane that stands. */
  readonly settle?: (home: string, root: string) => Promise<void> | void;
  /** Landed beside the ticket. */
  readonly more?: number;
}

const run = (when: KillPoint["when"], step: string, more: Partial<KillPoint> = {}): KillPoint => ({ act: "run", when, step, ...more });
const adopt = (when: KillPoint["when"], step: string): KillPoint => ({ act: "adopt", when, step });

const untouched = { landed: false, receipts: 0, status: [], locks: [], intents: 0 };
const begun = { ...untouched, leases: ["ticket:MUS-1"] };
const inSlot = { ...untouched, leases: ["slot:music/home/1", "ticket:MUS-1"] };
const inLane = { ...untouched, leases: ["lane:music"], ticket: "verifying 1" };
const gateSlot = { ...inLane, leases: ["lane:music", "slot:music/home/1"] };
const moved = { ...inLane, intents: 1, landed: true, receipts: 1, locks: ["index.lock"] };
const behind = ["A  gone.txt", "D  c.txt", "D  d/e.txt", "M  a.txt"];
const halfMended = ["?? gone.txt", "D c.txt", "D d/e.txt", "M a.txt"];
const halfTree = ["AD gone.txt", "D  c.txt", "D  d/e.txt", "MD a.txt"];
/** As git says it of a tree that has followed, with an index that has not. */
const oldIndex = ["?? c.txt", "?? d/e.txt", "AD gone.txt", "D  c.txt", "D  d/e.txt", "MM a.txt"];
const tornRefs = ["HEAD.lock", "index.lock", "refs/mos/receipts/*.lock"];
const tornAdoption = ["HEAD.lock", "refs/heads/main.lock", "refs/mos/receipts/*.lock"];
const adopting = { ...untouched, ticket: "ready 0", leases: ["lane:music"] };
const edit = (home: string) => writeFileSync(join(home, "a.txt"), "mine\n");
const unedit = (home: string) => void runGitIn(home, "checkout", "-q", "a.txt");
const commitByHand = (home: string) => void commitFiles(home, { "hand.txt": "by hand\n" }, "feat: by hand");
const moveByHand = "c=$(git commit-tree -p main -m 'feat: by hand' main^{tree}) && git update-ref refs/heads/main $c";
const adoptMain = async (_: string, root: string) => void (await callMos(root, ["ticket", "adopt", "main", "--domain", "music"]));
const intent = "landings.put(";
const swap = "git update-ref --stdin -m mos: land";
const swapAdopted = "git update-ref --stdin -m mos: adopt";
const follow = "git read-tree -m -u ";
const record = "append(gate.landed)";
const killedAfterMove = run("after", swap);
const all = ["MUS-1", "MUS-2", "MUS-3", "MUS-4"];
const behindBatch = [...behind, "D  f.txt", "D  g.txt"].sort();

/** Each row of the table in docs/spec/gate.md. */
const rows: Readonly<Record<string, Row>> = {
  X1: { kills: [run("after", "append(ticket.claimed)")], left: { ...begun, ticket: "in_progress 1" } },
  X2: { kills: [run("in", "box echo begun")], left: { ...inSlot, ticket: "in_progress 1" } },
  X3: { kills: [run("after", "git unpack-objects")], left: { ...inSlot, ticket: "in_progress 1" }, beneath: { works: 0 } },
  X4: { kills: [run("after", "mos: work of")], left: { ...inSlot, ticket: "in_progress 1" }, beneath: { works: 1 } },
  X5: { kills: [run("before", "append(ticket.handed-in)")], left: { ...inSlot, ticket: "in_progress 1" } },
  X6: { kills: [run("after", "append(ticket.handed-in)")], left: { ...inSlot, ticket: "verifying 1" }, beneath: { verdict: "none" } },
  X7: { kills: [run("before", "append(ticket.verdict)")], left: { ...begun, ticket: "verifying 1" }, beneath: { verdict: "none" } },
  X8: { kills: [run("after", "append(ticket.verdict)")], left: { ...begun, ticket: "verifying 1" }, beneath: { verdict: "pass" } },
  X9: { kills: [run("after", "leases.put(lane:music)")], left: inLane },
  X10: { kills: [run("after", "git commit-tree")], left: inLane },
  X11: { kills: [run("after", "box prepare", { nth: 3 })], left: gateSlot },
  X12: { kills: [run("in", "box make lint")], left: gateSlot },
  X13: { kills: [run("before", intent)], left: inLane },
  X14: { kills: [run("after", intent)], left: { ...inLane, intents: 1 } },
  X15: { kills: [run("after", "git hash-object -w --stdin")], left: { ...inLane, intents: 1 } },
  X16: {
    kills: [run("after", "file writeFile .git/index.lock")],
    left: { ...inLane, intents: 1, locks: ["index.lock"] },
    beneath: { scratch: false },
  },
  X17: { kills: [run("after", "read-tree --dry-run")], left: { ...inLane, intents: 1, locks: ["index.lock"] }, beneath: { scratch: true } },
  X18: { kills: [run("prepared", swap)], left: { ...inLane, intents: 1, locks: [...tornRefs, "refs/heads/main.lock"].sort() } },
  X19: { kills: [run("between", swap)], left: { ...moved, receipts: 0, locks: tornRefs, status: behind } },
  X20: { kills: [killedAfterMove], left: { ...moved, status: behind } },
  X21: { kills: [run("in", follow)], left: { ...moved, status: halfTree, locks: ["index.lock", "index.mos.lock"] } },
  X22: { kills: [run("after", follow)], left: { ...moved, status: oldIndex }, beneath: { scratch: true } },
  X23: { kills: [run("after", "file rename .git/index")], left: { ...moved, status: [] }, beneath: { scratch: false } },
  X24: { kills: [run("after", "file rm .git/index.lock")], left: { ...moved, status: [], locks: [] } },
  X25: { kills: [run("before", record)], left: { ...moved, status: [], locks: [] } },
  X26: { kills: [run("after", record)], left: { ...untouched, ticket: "merged 1", landed: true, receipts: 1, leases: ["lane:music"] } },
  X27: {
    kills: [run("before", "store landings.remove(", { meanwhile: { before: swap, run: moveByHand, cwd: "repos/music" } })],
    left: { ...inLane, intents: 1 },
    settle: adoptMain,
    more: 1,
  },
  X28: {
    first: edit,
    kills: [run("before", "append(lane.paused)")],
    left: { ...inLane, status: ["M a.txt"] },
    settle: unedit,
  },
  X29: {
    first: edit,
    kills: [run("after", "append(lane.paused)")],
    left: { ...inLane, status: ["M a.txt"], paused: "local-edits" },
    settle: unedit,
  },
  X30: { kills: [run("between", swap), run("after", "mos: receipt of")], left: { ...moved, status: behind } },
  X31: { kills: [killedAfterMove, run("after", "file rename .git/index")], left: { ...moved, status: halfMended } },
  X32: { kills: [killedAfterMove, run("before", record)], left: { ...moved, status: [], locks: [] } },
  X33: {
    setup: true,
    kills: [run("before", "file renameSync files/made")],
    left: { ...inSlot, ticket: "in_progress 1" },
    beneath: { outputs: { whole: 0, half: 1 } },
  },
  X34: {
    setup: true,
    kills: [run("before", "file writeFileSync")],
    left: { ...inSlot, ticket: "in_progress 1" },
    beneath: { outputs: { whole: 0, half: 1 } },
  },
  X35: {
    setup: true,
    kills: [run("after", "file renameSync home/")],
    left: { ...inSlot, ticket: "in_progress 1" },
    beneath: { outputs: { whole: 1, half: 0 } },
  },
  X36: { first: commitByHand, kills: [adopt("before", intent)], left: adopting, settle: adoptMain, more: 1 },
  X37: { first: commitByHand, kills: [adopt("after", intent)], left: { ...adopting, intents: 1 }, more: 1 },
  X38: { first: commitByHand, kills: [adopt("prepared", swapAdopted)], left: { ...adopting, intents: 1, locks: tornAdoption }, more: 1 },
  X39: { first: commitByHand, kills: [adopt("after", swapAdopted)], left: { ...adopting, intents: 1, receipts: 1 }, more: 1 },
  X40: { first: commitByHand, kills: [adopt("after", record)], left: { ...adopting, receipts: 1 }, more: 1 },
  X41: {
    kills: [run("between", swap), adopt("after", record)],
    left: { ...moved, ticket: "merged 1", intents: 0, status: [], locks: [] },
  },
  X42: {
    queue: true,
    kills: [run("before", intent, { nth: 2 })],
    left: { ...inLane, open: ["MUS-4"], ticket: "merged 1", landed: true, receipts: 1 },
  },
  X43: { kills: [run("in", "box make test", { nth: 2, red: [1] })], left: gateSlot },
  X44: { kills: [run("in", "box make test", { nth: 3, red: [1, 2] })], left: gateSlot },
  X45: { kills: [run("before", "append(gate.flaky)", { red: [1] })], left: inLane, beneath: { flaky: 0 } },
  X46: { kills: [run("after", "append(gate.flaky)", { red: [1] })], left: inLane, beneath: { flaky: 1 } },
  X47: {
    queue: true,
    wary: true,
    kills: [run("in", "box make test", { nth: 3, cores: 8, slow: 20 })],
    left: { ...inLane, open: all, leases: ["lane:music", ...[1, 2, 3].map((slot) => `slot:music/home/${slot}`)] },
  },
  X48: { queue: true, kills: [run("after", intent)], left: { ...inLane, open: all, intents: 1 } },
  X49: {
    queue: true,
    kills: [run("prepared", swap)],
    left: { ...inLane, open: all, intents: 1, locks: [...tornRefs, "refs/heads/main.lock"].sort() },
  },
  X50: {
    queue: true,
    kills: [run("between", swap)],
    left: { ...moved, open: all, receipts: 0, locks: tornRefs, status: behindBatch },
  },
  X51: { queue: true, kills: [killedAfterMove], left: { ...moved, open: all, status: behindBatch } },
  X52: { queue: true, kills: [run("before", record)], left: { ...moved, open: all, status: [], locks: [] } },
  X53: {
    queue: true,
    kills: [killedAfterMove, run("before", record)],
    left: { ...moved, open: all, status: [], locks: [] },
  },
  X54: {
    queue: true,
    kills: [run("in", "box make test", { nth: 4, red: [1, 2] })],
    left: { ...gateSlot, open: all.slice(1), ticket: "merged 1", landed: true, receipts: 1 },
  },
  X55: {
    queue: true,
    kills: [run("in", "box make test", { nth: 6, red: [2, 3, 4, 5] })],
    left: { ...gateSlot, open: ["MUS-4"], ticket: "merged 1", landed: true, receipts: 1 },
    beneath: { red: false },
  },
  X56: {
    queue: true,
    kills: [run("after", "append(gate.base-red)", { red: [2, 3, 4, 5] })],
    left: { ...inLane, open: ["MUS-4"], ticket: "merged 1", landed: true, receipts: 1 },
    beneath: { red: true },
  },
};

/** Those that the gate's promise rests on: the intent alone, main without its receipt, main with it, a batch of which main is torn. */
const always = ["X14", "X19", "X20", "X50"];

describe.skipIf(!boxAvailable)(`G8: killed at a crash point of docs/spec/gate.md, then another run, seed ${seed}`, () => {
  const template = join(folder.path, "template");

  beforeAll(async () => {
    program = await buildProgram("test/support/kill-at.ts");
    mkdirSync(template, { recursive: true });
    // No check names what the tickets change: that would land by itself.
    const Makefile = "test:\n\t! grep -q BROKEN main.c\nlint:\n\ttrue\n";
    const root = await makeCommandWorkspace(template, ["music"], { "gone.txt": "old\n", ".gitignore": "made/\n", Makefile });
    const draft = { domain: "music", title: "Change much", touches: ["a.txt", "c.txt", "d/", "gone.txt"], run: [work] };
    await fileTicket(root, { ...draft, accept: ["test -s c.txt"] });
    await fillQueue(template, join(folder.path, "queue"));
  });

  test("G8: each row of the table has its test, and each test its row", () => {
    const table = readFileSync(join(import.meta.dirname, "../../docs/spec/gate.md"), "utf8");
    const inTable = [...table.matchAll(/^\| (X\d+) +\|/gm)].map((match) => match[1]);
    expect(inTable).toEqual(Object.keys(rows));
  });

  test.each(Object.entries(rows).filter(([id], index) => always.includes(id) || isInTurn(index, { seed, of: 9 })))(
    "%s: what the table says is left, and then everything is merged once",
    async (id, row) => {
      const copy = join(folder.path, id);
      const from = row.queue ? join(folder.path, "queue") : template;
      cpSync(from, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
      const [root, home] = [join(copy, "os"), join(copy, "repos/music")];
      relocate(root, from, copy);
      if (row.setup) addSetup(root);
      if (row.wary) await inStore(root, (tx) => tx.notes.put({ id: memoryNote("music"), value: { judged: 100, failed: 100, window: 20 } }));
      row.first?.(home);
      for (const point of row.kills) {
        const meanwhile = point.meanwhile && { ...point.meanwhile, cwd: join(copy, point.meanwhile.cwd) };
        await killAt(root, { ...point, ...(meanwhile ? { meanwhile } : {}) });
        await awaitNobody(copy);
      }
      expect(await look(root, home)).toMatchObject(row.left);
      expect(await lookBeneath(root, home)).toMatchObject(row.beneath ?? {});
      const made = readOutputs(root);
      if (row.settle) {
        await runMos(["run", "--no-input"], { cwd: root });
        await row.settle(home, root);
      }
      await expectWhole(root, home, { landings: 1 + (row.more ?? 0), tickets: row.queue ? all.length : 1 });
      // What is whole is used, and what is not is made anew, by another name or in its place.
      if (row.beneath?.outputs !== undefined) expect(readOutputs(root)).toEqual(made.length > 0 ? made : [expect.any(String)]);
    },
  );
});

async function inStore(root: string, body: (tx: StoreWriter) => Promise<void>): Promise<void> {
  const store = await openStore({ file: join(root, ".mos/store.db"), clock: createSystemClock(), create: false });
  await store.write(body).finally(() => store.close());
}

/** As the template, with three tickets more, and all four verified: who holds the lane is this very process. */
async function fillQueue(template: string, copy: string): Promise<void> {
  cpSync(template, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  const root = join(copy, "os");
  relocate(root, template, copy);
  await fileTicket(root, { domain: "music", title: "Write f", touches: ["f.txt"], run: ["echo f > f.txt"] });
  await fileTicket(root, { domain: "music", title: "Write g", touches: ["g.txt"], run: ["echo g > g.txt"] });
  await fileTicket(root, { domain: "music", title: "Say more in the checks", touches: ["Makefile"], run: ["echo '# more' >> Makefile"] });
  const { id: owner, pid, process: started } = identifyWorker();
  await inStore(root, (tx) => tx.leases.put({ key: "lane:music", owner, pid, process: started, epoch: 1, beat: 0 }));
  const worker = startWorker(root, ["run"]);
  await awaitThat(() => readStore(root, async (tx) => (await tx.tickets.list()).every(({ verdict }) => verdict?.outcome === "pass")));
  worker.child.kill("SIGINT");
  await worker.ended;
  await inStore(root, (tx) => tx.leases.remove("lane:music"));
  // A copy of it would not be its box user's.
  rmSync(join(root, ".mos/slot"), { recursive: true });
}

async function killAt(root: string, point: KillPoint): Promise<void> {
  const env = { PATH: process.env.PATH ?? "", HOME: root };
  const ended = await execa(process.execPath, [program.file, root, JSON.stringify(point)], { env, extendEnv: false, reject: false });
  if (ended.signal !== "SIGKILL") throw new Error(`it was not killed, it ended with ${ended.exitCode}: ${ended.stdout}\n${ended.stderr}`);
}

/** What dies with its parent is gone soon. */
async function awaitNobody(place: string): Promise<void> {
  for (let tries = 0; tries < 60 && findProcessesOf(place).length > 0; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(findProcessesOf(place)).toEqual([]);
}

async function look(root: string, home: string): Promise<Left> {
  const store = await openStore({ file: join(root, ".mos/store.db"), clock: createSystemClock(), create: false });
  try {
    const kept = await store.read(async (tx) => ({
      tickets: await tx.tickets.list(),
      landings: await tx.landings.list(),
      lane: await tx.lanes.get("music"),
      leases: await tx.leases.list(),
    }));
    const { tickets, landings, lane, leases } = kept;
    const ticket = tickets.find(({ id }) => id === "MUS-1");
    const [paused, receipts] = [lane?.paused?.by, runGitIn(home, "for-each-ref", "refs/mos/receipts")];
    return {
      ...(ticket ? { ticket: `${ticket.status.state} ${ticket.epoch}` } : {}),
      open: tickets.filter(({ status }) => status.state !== "merged").map(({ id }) => id),
      intents: landings.length,
      landed: readLanded(home).includes("MUS-1"),
      receipts: receipts === "" ? 0 : receipts.split("\n").length,
      status: runGitIn(home, "-c", "core.quotePath=false", "status", "--porcelain", "-uall", "-z")
        .split("\0")
        .map((line) => line.trim())
        .filter((line) => line !== "")
        .sort(),
      locks: findLocks(join(home, ".git"))
        .map((path) => path.replace(/[0-9a-f]{40}/, "*"))
        .sort(),
      ...(paused === undefined ? {} : { paused }),
      leases: leases
        .map(({ key }) => key)
        .filter((key) => !key.startsWith("worker:"))
        .sort(),
    };
  } finally {
    await store.close();
  }
}

/** All is merged, once, with its receipt; the operator's tree has it; and nothing is left over. */
async function expectWhole(root: string, home: string, args: { landings: number; tickets: number }): Promise<void> {
  expect(await callMos(root, ["run"])).toMatchObject({ blocked: [], paused: [], waiting: [], held: [] });
  const landed = readLanded(home).flatMap((line) => line.split(" "));
  expect(landed.sort()).toEqual(all.slice(0, args.tickets));
  const landings = args.tickets === 1 ? args.landings : Number(runGitIn(home, "rev-list", "--count", "--first-parent", "main")) - 2;
  expect(await look(root, home)).toEqual({
    ...{ ticket: expect.stringMatching(/^merged/), open: [], intents: 0, landed: true, receipts: landings },
    ...{ status: [], locks: [], leases: [] },
  });
  expect(["a.txt", "c.txt", "d/e.txt"].map((path) => readFileSync(join(home, path), "utf8"))).toEqual(["a\nmore\n", "c\n", "e\n"]);
  expect(existsSync(join(home, "gone.txt"))).toBe(false);
  expect(existsSync(join(home, ".git/index.mos"))).toBe(false);
  const [log, doctor] = await Promise.all([callMos(root, ["log", "verify"]), callMos(root, ["doctor"])]);
  expect(log).toMatchObject({ ok: true, receipts: landings });
  expect(doctor).toMatchObject({ grade: "A", passed: 19 });
}

function addSetup(root: string): void {
  const file = join(root, "mos.yaml");
  const setup = "mkdir -p made && cat /proc/sys/kernel/random/uuid > made/out";
  writeFileSync(file, readFileSync(file, "utf8").replace("      checks:", `      setup: ${setup}\n      checks:`));
}
