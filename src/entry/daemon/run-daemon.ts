import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { collectDenials } from "../../app/collect-denials.ts";
import { indexWikis } from "../../app/index-wikis.ts";
import { isOwed, listTurns, type Turn, takeTurn } from "../../app/take-turn.ts";
import { watchLanes } from "../../app/watch-lanes.ts";
import type { Workspace } from "../../contract/config.ts";
import { isOfOpenDomain } from "../../core/workspace/is-of-open-domain.ts";
import type { Progress, World } from "../../port/world.ts";
import { composeResident, composeWorld, type Resident, type WorldRequest } from "../compose.ts";
import { policyFileOf } from "../hook/find-policy.ts";
import { spoolDenial, spoolOf } from "../hook/spool-denial.ts";
import { createKeeper } from "./keep-world.ts";
import { beatMs, removeRunFiles, writeRunFiles } from "./run-files.ts";
import { scheduleTurns } from "./schedule-turns.ts";
import { serveHooks } from "./serve-hooks.ts";
import { watchRefs } from "./watch-refs.ts";

const lanesEveryMs = 30_000;
const configEveryMs = 2_000;
const indexEveryMs = 60_000;
const indexMsMax = 30_000;
const indexAfterMs = 500;
const collectAfterMs = 50;

/**
 * The resident process, from its lock to its end (H8 to H12). What it holds in memory is held nowhere else, and nothing depends
 * on it: killed at any point it leaves a lock and an address of a process that is gone, which the next one removes and hooks
 * do not believe.
 *
 * @param args.ready  called once, when it serves
 * @throws MosError `daemon-running`, and those of opening a workspace
 */
export async function runDaemon(args: {
  readonly workspace: string;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  readonly ready: (serving: { pid: number; port: number }) => void;
}): Promise<void> {
  const resident = await composeResident({ start: args.workspace, exact: true });
  await resident.holdLock(async () => {
    removeRunFiles(resident.stateDir);
    let workspace: Workspace | undefined;
    const report: WorldRequest["report"] = (progress) => args.say(nameProgress(workspace, progress));
    const open = async () => {
      const opened = await composeWorld({ start: resident.root, exact: true, report, signal: args.signal });
      workspace = opened.world.workspace;
      return opened;
    };
    const keeper = createKeeper(await open(), open);
    try {
      await serve({ ...args, resident, use: keeper.use, reopen: keeper.reopen });
    } finally {
      await keeper.close();
    }
  });
}

/** The resident process keeps one log for all: of a sealed domain it says that something is, and not what (I1). */
function nameProgress(workspace: Workspace | undefined, { stage, domain, ticket, state, text }: Progress): string {
  const isTold = workspace === undefined ? domain === undefined : isOfOpenDomain(workspace, { domain, ticket });
  return isTold ? `${stage}: ${text}` : `${stage}: ${domain ?? "a sealed domain"} ${state}`;
}

/** What failed in a sealed domain is in its own records, and is said again by the command that the operator gives. */
async function takeOwnTurn(world: World, turn: Turn): Promise<boolean> {
  try {
    return await takeTurn(world, turn);
  } catch (error) {
    if (isOfOpenDomain(world.workspace, { domain: turn.domain })) throw error;
    const command = turn.kind === "distill" ? `mos distill --domain ${turn.domain}` : "mos start";
    throw new Error(`it failed; ${command} in a terminal says why`);
  }
}

interface Serving {
  readonly version: string;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  readonly ready: (serving: { pid: number; port: number }) => void;
  readonly resident: Resident;
  readonly use: <T>(body: (world: World) => Promise<T>) => Promise<T>;
  readonly reopen: () => Promise<void>;
}

async function serve({ version, signal, say, ready, resident, use, reopen }: Serving): Promise<void> {
  const { stateDir, root, worker } = resident;
  const [token, proof] = [randomBytes(32).toString("hex"), randomBytes(32).toString("hex")];
  const startedAt = new Date().toISOString();
  const attempt = (what: string, body: (world: World) => Promise<unknown>) =>
    use(body).catch((error) => {
      if (!signal.aborted) say(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    });
  const collect = debounce(collectAfterMs, () => attempt("log", collectDenials));
  const lanes = debounce(200, () => attempt("lanes", watchLanes));
  const server = await serveHooks({
    place: { root, file: policyFileOf(root) },
    token,
    proof,
    findFault: createProgramWatch(),
    keep: (denial) => {
      spoolDenial(spoolOf(stateDir), denial);
      collect();
    },
    describe: () => ({ proof, pid: process.pid, version, startedAt, uptimeSeconds: Math.round(process.uptime()), ...server.counts }),
  });
  const files = writeRunFiles(stateDir, {
    schemaVersion: 1,
    pid: process.pid,
    process: worker.process,
    port: server.port,
    token,
    proof,
    version,
    startedAt,
  });
  const turns = scheduleTurns({
    list: () => use(async (world) => listTurns(world)),
    take: (turn) => use((world) => takeOwnTurn(world, turn)),
    isOwed: (turn, dueAt) => use((world) => isOwed(world, turn, dueAt)),
    say,
  });
  // A few vectors at a time, and one such time after the other: a question that comes meanwhile waits for one text at most.
  let indexing: "no" | "yes" | "and again" = "no";
  const index = async () => {
    if (indexing !== "no") {
      indexing = "and again";
      return;
    }
    indexing = "yes";
    await attempt("search", (world) => indexWikis(world, { untilMs: indexMsMax, vectorsOnly: true }));
    const again = (indexing as string) === "and again";
    indexing = "no";
    if (again && !signal.aborted) indexSoon();
  };
  const indexSoon = debounce(indexAfterMs, index);
  const refs = watchRefs(() => {
    lanes();
    indexSoon();
  });
  await turns.renew();
  await attempt("lanes", async ({ workspace }) => refs.renew(workspace));
  const renew = createConfigWatch(join(root, "mos.yaml"), async () => {
    await reopen();
    await turns.renew();
    await attempt("lanes", async ({ workspace }) => refs.renew(workspace));
    say("mos.yaml was read again");
  });
  const timers = [
    setInterval(files.beat, beatMs),
    setInterval(lanes, lanesEveryMs),
    setInterval(index, indexEveryMs),
    setInterval(() => renew().catch((error) => say(`mos.yaml: ${error instanceof Error ? error.message : String(error)}`)), configEveryMs),
  ];
  try {
    ready({ pid: process.pid, port: server.port });
    lanes();
    indexSoon();
    await whenAborted(signal);
  } finally {
    for (const timer of timers) clearInterval(timer);
    files.remove();
    refs.stop();
    turns.stop();
    await server.close();
    collect.cancel();
    lanes.cancel();
    indexSoon.cancel();
  }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((settle) => signal.addEventListener("abort", () => settle(), { once: true }));
}

/** A process that outlives its program's update would go on deciding by the old rules. */
function createProgramWatch(): () => string | undefined {
  const files = ["daemon.mjs", "hook.cjs"].map((name) => join(dirname(import.meta.filename), name));
  const describe = () =>
    files.map((file) => statSync(file, { throwIfNoEntry: false })).map((stats) => `${stats?.ino}/${stats?.size}/${stats?.mtimeMs}`);
  const before = describe().join("|");
  return () =>
    describe().join("|") === before ? undefined : "the resident process is older than the program: mos daemon stop, mos daemon start";
}

/** Once for each change, also one that breaks the file: what is broken is said, and the last good workspace stays. */
function createConfigWatch(file: string, changed: () => Promise<void>): () => Promise<void> {
  const describe = () => {
    const stats = statSync(file, { throwIfNoEntry: false });
    return `${stats?.ino}/${stats?.size}/${stats?.mtimeMs}`;
  };
  let seen = describe();
  return async () => {
    const now = describe();
    if (now === seen) return;
    seen = now;
    await changed();
  };
}

interface Debounced {
  (): void;
  cancel(): void;
}

function debounce(ms: number, body: () => Promise<unknown>): Debounced {
  let timer: NodeJS.Timeout | undefined;
  const call = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void body();
    }, ms);
  };
  return Object.assign(call, {
    cancel: () => {
      clearTimeout(timer);
    },
  });
}
