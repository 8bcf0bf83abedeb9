import type { Domain, RepoHandle } from "../contract/config.ts";
import type { CheckResult, Diagnosis } from "../contract/doctor.ts";
import type { Lane, Lease } from "../contract/run.ts";
import type { Ticket } from "../contract/ticket.ts";
import { mayRun } from "../core/doctor/judge-cure.ts";
import { countOf } from "../core/text/count-of.ts";
import { getTicket } from "../core/ticket/apply-transition.ts";
import { isClosed } from "../core/ticket/cause.ts";
import { leftOfWait, type ProviderWait, readWait } from "../core/work/provider-wait.ts";
import type { PlannedLanding } from "../port/ticket-stage.ts";
import type { World } from "../port/world.ts";
import { takeTickets } from "../stage/dispatch/take-tickets.ts";
import { reconcileLandings, type Unsettled } from "../stage/merge/reconcile-landings.ts";
import { type Swept, sweepWorkspace } from "../stage/sweep/sweep-workspace.ts";
import { advanceTicket } from "./advance-ticket.ts";
import { dropDeadRunFolders } from "./client/run-folder.ts";
import { listLanes } from "./find-lane.ts";
import { createLeaseObserver, startHeartbeat, withLease } from "./hold-lease.ts";
import { controlRedBases } from "./lane/control-base.ts";
import { landLane } from "./lane/land-lane.ts";
import { readQueue } from "./lane/read-queue.ts";
import { stopNewLanes } from "./standing-stop.ts";
import { watchLanes } from "./watch-lanes.ts";

/** The doctor, as far as running needs it: the whole workspace, or some domains with the workspace's own checks. */
export type Diagnose = (world: World, args: { domains?: readonly string[]; landing?: PlannedLanding }) => Promise<Diagnosis>;

export interface RunResult {
  /** What this run landed, in the order of landing. */
  readonly merged: readonly string[];
  /** What waits at its end, closed ones left out. */
  readonly blocked: readonly string[];
  readonly paused: readonly { lane: string; reason: string; paths: readonly string[] }[];
  /** Work whose provider is over its limit for longer than this run waits; the next run takes it up. */
  readonly waiting: readonly { ticket: string; until: string; reason: string }[];
  /** The checks of the doctor that fail: below A only a cure moves. */
  readonly held: readonly CheckResult[];
  /** Test runs of the gate for what was to land: a batch counts once, as does a part of one that failed. */
  readonly builds: number;
  /** Test runs of single tickets that had failed, and of main without them. */
  readonly retries: number;
  readonly controls: number;
  readonly wallMs: number;
}

const waitMs = 100;
const lookAgainMs = 500;
/** A provider that wants to be left alone for longer is not waited for here. */
const providerWaitMsMax = 10 * 60_000;

/**
 * Dispatches, verifies and lands all that is ready, until nothing moves. Several processes may do so at once: each ticket
 * is taken by one, each lane lands for one. Stopped by the world's signal, it leaves what it began for the next run.
 *
 * @param args.tickets  nothing but these; one that is not there throws `ticket-not-found`
 * @param args.domains  nothing but what belongs to these; of the others the result says nothing either
 */
export async function runTickets(
  world: World,
  args: { maxParallel?: number; tickets?: readonly string[]; domains?: readonly string[]; diagnose: Diagnose },
): Promise<RunResult> {
  const startedMs = world.clock.monotonicMs();
  const { limits } = world.workspace.config;
  const isAlive = createLeaseObserver(world, limits.leaseSeconds * 1000);
  for (const id of args.tickets ?? []) await world.store.read((tx) => getTicket(tx, id));
  const heartbeat = startHeartbeat(world, (limits.leaseSeconds * 1000) / 4);
  const run = { merged: [] as string[], builds: 0, retries: 0, controls: 0 };
  const active = new Map<string, Promise<void>>();
  const landers = new Map<string, Promise<void>>();
  const stalled = new Map<string, string>();
  const only = args.tickets ? new Set(args.tickets) : undefined;
  const within: Within = { ...(only ? { only } : {}), ...(args.domains ? { domains: new Set(args.domains) } : {}) };
  let diagnosis: Diagnosis | undefined;
  try {
    await recoverWorkspace(world, isAlive);
    const boxed = await world.box.probe();
    if (!boxed.ok)
      world.report({ stage: "dispatch", state: "failed", text: `no sandbox here, nothing runs: ${boxed.reason}. ${boxed.remedy}` });
    diagnosis = await args.diagnose(world, {});
    let cured = false;
    // A main that was red by chance holds nobody up for longer than till here: its control runs beside the work of the others.
    const isAsked = (ticket: Ticket) => boxed.ok && isWithin(ticket, within);
    for (const [lane, control] of await controlRedBases(world, { isAlive, isAsked })) {
      run.controls += 1;
      const done = control.then((isGreen) => {
        if (isGreen) cured = true;
      });
      landers.set(
        `${lane} control`,
        done.finally(() => landers.delete(`${lane} control`)),
      );
    }
    for (;;) {
      world.signal.throwIfAborted();
      // What a cure has mended opens its domain again; another may land while the doctor looks.
      if (cured) {
        cured = false;
        diagnosis = await args.diagnose(world, {});
      }
      const maxParallel = args.maxParallel ?? limits.maxParallel;
      const taken = await takeTickets(world, { maxParallel, isAlive, diagnosis, boxed: boxed.ok, ...within });
      for (const ticket of taken) {
        const done = advanceTicket(world, { id: ticket.id, epoch: ticket.epoch }).finally(() => active.delete(ticket.id));
        active.set(ticket.id, done);
      }
      const graded = diagnosis;
      const mayLand = (ticket: Ticket) => boxed.ok && isWithin(ticket, within) && mayRun(ticket, graded);
      for (const { domain, repo, queued } of await listQueuedLanes(world, { isAlive, mayLand })) {
        // A lander that got nowhere is not sent again before something else waits.
        if (landers.has(repo.lane) || stalled.get(repo.lane) === queued) continue;
        // One slot stays for work: an urgent ticket must come to the gate before it can go first.
        const done = landLane(world, {
          ...{ domain, repo, isAlive, mayLand, slotsMax: Math.max(1, Math.min(limits.slotsPerRepo - 1, maxParallel)) },
          grade: (name, landing) => args.diagnose(world, { domains: [name], ...(landing ? { landing } : {}) }),
        })
          .then((end) => {
            run.merged.push(...end.merged);
            run.builds += end.builds;
            run.retries += end.retries;
            run.controls += end.controls;
            if (end.changed) cured = true;
            if (end.merged.length + end.settled.length === 0) stalled.set(repo.lane, queued);
            else stalled.delete(repo.lane);
          })
          .finally(() => landers.delete(repo.lane));
        landers.set(repo.lane, done);
      }
      const dueMs = leastOf((await listWaiting(world, within)).map(({ leftMs }) => leftMs));
      // While there is room, what somebody else made ready meanwhile (an urgent one) is taken too.
      const lookMs = active.size < maxParallel ? lookAgainMs : Number.POSITIVE_INFINITY;
      if (active.size + landers.size > 0) await raceWithin(world, [...active.values(), ...landers.values()], Math.min(dueMs, lookMs));
      else if (taken.length === 0 && !cured) {
        const other = await isOtherRunning(world, isAlive, within);
        if (!other && dueMs > providerWaitMsMax) break;
        await world.clock.sleep(other ? waitMs : dueMs, world.signal);
      }
    }
  } finally {
    // Broken off, those under way end first: who called may close the store.
    await Promise.allSettled([...active.values(), ...landers.values()]);
    await heartbeat.stop();
  }
  const wallMs = Math.round(world.clock.monotonicMs() - startedMs);
  await boundKept(world);
  const { tickets, lanes } = await world.store.read(async (tx) => ({
    tickets: await tx.tickets.list({ state: "blocked" }),
    lanes: await tx.lanes.list(),
  }));
  const isAsked = (domain: string | undefined) => domain === undefined || (args.domains?.includes(domain) ?? true);
  return {
    ...run,
    blocked: tickets.filter((ticket) => !isClosed(ticket) && isAsked(ticket.domain)).map((ticket) => ticket.id),
    waiting: (await listWaiting(world, within)).map(({ ticket, wait: { until, reason } }) => ({ ticket, until, reason })),
    paused: lanes.filter((lane) => isAsked(lane.id.split("/")[0])).flatMap(describePause),
    held: diagnosis?.checks.filter((check) => !check.ok && isAsked(check.domain)) ?? [],
    wallMs,
  };
}

/** What the run has grown is counted once it is over, and what is too much goes (G5d). */
async function boundKept(world: World): Promise<void> {
  const gone = await world.slots.boundKept();
  if (gone.length === 0) return;
  const text = `${countOf(gone.length, "slot or setup output that was not used for the longest is removed", "slots and setup outputs that were not used for the longest are removed")}: more than limits.diskMb was kept`;
  world.report({ stage: "sweep", state: "done", text });
}

/**
 * Brings the workspace to a state in which everything may go on (I7): what a crash landed is recorded, what it left half
 * done is dropped, its leases, locks and slots go. May be repeated, and by several processes. What cannot be settled now stays, and
 * is said.
 */
export async function recoverWorkspace(
  world: World,
  isAlive: (lease: Lease) => boolean,
): Promise<Swept & { readonly unsettled: readonly Unsettled[] }> {
  const left: Unsettled[] = [];
  const lanesNow = listLanes(world).map(({ lane }) => lane);
  await world.store.write((tx) => stopNewLanes(tx, { lanes: lanesNow }));
  const swept = await sweepWorkspace(world, { isAlive });
  const lanes = new Set((await world.store.read((tx) => tx.landings.list())).map((landing) => landing.lane));
  for (const lane of lanes) {
    await withLease(world, { key: `lane:${lane}`, isAlive, signal: world.signal }, async () => {
      const { landed, edited, unsettled } = await reconcileLandings(world, lane);
      left.push(...unsettled);
      const place = { stage: "sweep", domain: lane.split("/")[0] ?? lane };
      for (const { reason, remedy } of unsettled) world.report({ ...place, state: "failed", text: `${reason}. ${remedy}` });
      if (landed.length > 0) world.report({ ...place, state: "done", text: `${landed.join(", ")} had landed before the crash` });
      if (edited.length > 0) world.report({ ...place, state: "failed", text: `your edits stay in ${edited.join(", ")}` });
    });
  }
  dropDeadRunFolders(world);
  await watchLanes(world);
  return { ...swept, unsettled: left };
}

function isWithin({ id, domain }: Ticket, { only, domains }: Within): boolean {
  return (only?.has(id) ?? true) && (domains?.has(domain) ?? true);
}

/** Lanes that are open and have something before their gate. */
async function listQueuedLanes(world: World, args: Pick<Parameters<typeof readQueue>[1], "isAlive" | "mayLand">) {
  const { workspace } = world;
  return world.store.read(async (tx) => {
    const paused = new Set((await tx.lanes.list()).flatMap((lane) => (lane.paused ? [lane.id] : [])));
    const found: { domain: Domain; repo: RepoHandle; queued: string }[] = [];
    const waiting = new Set((await tx.tickets.list({ state: "verifying" })).map((ticket) => `${ticket.domain}/${ticket.repo}`));
    for (const domain of [...workspace.domains, workspace.operator]) {
      for (const repo of domain.repos) {
        if (paused.has(repo.lane) || !waiting.has(`${repo.domain}/${repo.name}`)) continue;
        const queued = (await readQueue(tx, { ...args, repo })).map(({ id, version }) => `${id}@${version}`).join(" ");
        if (queued !== "") found.push({ domain, repo, queued });
      }
    }
    return found;
  });
}

interface Within {
  readonly only?: ReadonlySet<string>;
  readonly domains?: ReadonlySet<string>;
}

/** What is begun, nobody works on, and a provider keeps waiting: when each may go on. */
async function listWaiting(world: World, { only, domains }: Within) {
  return world.store.read(async (tx) => {
    const now = world.clock.now();
    const found: { ticket: string; wait: ProviderWait; leftMs: number }[] = [];
    const begun = [...(await tx.tickets.list({ state: "in_progress" })), ...(await tx.tickets.list({ state: "verifying" }))];
    for (const { id, domain } of begun) {
      if (!(domains?.has(domain) ?? true) || !(only?.has(id) ?? true) || (await tx.leases.get(`ticket:${id}`))) continue;
      const wait = await readWait(tx, id);
      const leftMs = leftOfWait(wait, now);
      if (wait && leftMs > 0) found.push({ ticket: id, wait, leftMs });
    }
    return found;
  });
}

function leastOf(all: readonly number[]): number {
  return all.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
}

/** Until one of them ends, or that time is over: a provider's wait ends while others still work. */
async function raceWithin(world: World, active: Iterable<Promise<void>>, withinMs: number): Promise<void> {
  if (withinMs === Number.POSITIVE_INFINITY) return Promise.race(active);
  const enough = new AbortController();
  const timer = world.clock.sleep(withinMs, AbortSignal.any([enough.signal, world.signal])).catch(() => undefined);
  await Promise.race([...active, timer]).finally(() => enough.abort());
}

async function isOtherRunning(world: World, isAlive: (lease: Lease) => boolean, { only, domains }: Within): Promise<boolean> {
  return world.store.read(async (tx) => {
    const others = (await tx.leases.list()).filter(
      (lease) => /^(ticket|lane):/.test(lease.key) && lease.pid !== world.worker.pid && isAlive(lease),
    );
    for (const { key } of others) {
      if (key.startsWith("lane:")) {
        if (only === undefined && (domains?.has(key.slice("lane:".length).split("/")[0] ?? "") ?? true)) return true;
        continue;
      }
      const id = key.slice("ticket:".length);
      const isIn = domains === undefined || domains.has((await tx.tickets.get(id))?.domain ?? "");
      if (isIn && (only?.has(id) ?? true)) return true;
    }
    return false;
  });
}

function describePause(lane: Lane) {
  return lane.paused ? [{ lane: lane.id, reason: lane.paused.reason, paths: lane.paused.paths }] : [];
}
