import type { Diagnosis } from "../contract/doctor.ts";
import type { Session } from "../contract/run.ts";
import type { World } from "../port/world.ts";
import { keepArtifacts } from "../stage/close/keep-artifacts.ts";
import { type RefreshedBrief, refreshFingerprints, storeRefreshed } from "../stage/close/refresh-fingerprints.ts";
import { openQuestions } from "../stage/interview/open-questions.ts";
import { planSession } from "../stage/plan/plan-session.ts";
import { gatherInputs } from "../stage/scout/gather-inputs.ts";
import { retakeBrief } from "../stage/scout/retake-brief.ts";
import { scoutDomains } from "../stage/scout/scout-domains.ts";
import { playbookTools, type ScoutTools } from "../stage/scout/write-brief.ts";
import { distill } from "./distill.ts";
import { createLeaseObserver } from "./hold-lease.ts";
import { updateSession } from "./open-session.ts";
import { type Diagnose, type RunResult, recoverWorkspace, runTickets } from "./run-tickets.ts";

/** How a session's steps are played, whoever asks the questions between them. */
export interface StepArgs {
  readonly diagnose: Diagnose;
  readonly maxParallel?: number;
  /** Scout every domain, fresh or not. */
  readonly again?: boolean;
  /** Distil what was learned before the close, and land what the librarian makes of it. */
  readonly distill?: boolean;
  /** How findings are made; the playbooks, unless a test has others. */
  readonly tools?: ScoutTools;
  /** These alone are scouted, worked in and distilled: a session that relays answers leaves sealed domains out. */
  readonly domains?: readonly string[];
}

/** What is known when the questions are put. */
export interface Briefing {
  readonly doctor: Diagnosis;
  /** Domains whose scout failed, and why. */
  readonly failed: readonly { readonly domain: string; readonly reason: string }[];
}

/** What the work of a session came to. */
export interface Worked {
  /** Tickets that were filed, released or landed. */
  readonly touched: readonly string[];
  readonly run: RunResult;
  readonly distilled?: { readonly artifacts: number; readonly claims: number };
}

/** The first part: sweep, doctor, scout, and each question of the briefs as an open decision. May be repeated. */
export async function briefSession(world: World, session: Session, args: StepArgs): Promise<Briefing> {
  await enterStage(world, session, "sweep");
  await recoverWorkspace(world, createLeaseObserver(world, world.workspace.config.limits.leaseSeconds * 1000));
  await enterStage(world, session, "doctor");
  const doctor = await args.diagnose(world, {});
  const failed = await scoutSession(world, session, args);
  await openQuestions(world, { session: session.id });
  return { doctor, failed };
}

/** Scouts what is not fresh, and notes it in the session. */
export async function scoutSession(
  world: World,
  session: Session,
  args: Pick<StepArgs, "again" | "tools" | "domains">,
): Promise<Briefing["failed"]> {
  await enterStage(world, session, "scout");
  const { scouted, skipped, failed } = await scoutDomains(world, {
    session: session.id,
    tools: args.tools ?? playbookTools,
    ...(args.again === undefined ? {} : { again: args.again }),
    ...(args.domains === undefined ? {} : { domains: args.domains }),
  });
  await updateSession(world, session.id, (now) => {
    const all = [...new Set([...now.scouted, ...scouted])];
    return { scouted: all, skipped: [...new Set([...now.skipped, ...skipped])].filter((name) => !all.includes(name)) };
  });
  return failed.map(({ domain, error }) => ({ domain, reason: error instanceof Error ? error.message : String(error) }));
}

/**
 * The second part: what was decided becomes tickets, what is ready is worked on and landed. May be repeated.
 *
 * @param args.ends  no question is open: the session's own log is an artifact now, and it is kept once
 */
export async function workSession(world: World, session: Session, args: StepArgs & { ends: boolean }): Promise<Worked> {
  await enterStage(world, session, "plan");
  const planned = await planSession(world, { session: session.id });
  await enterStage(world, session, "run");
  const run = await runTickets(world, chooseRun(args));
  await keepArtifacts(world, args.ends ? { session: session.id } : {});
  const distilled = args.distill ? await distillSession(world, session, args) : undefined;
  return {
    touched: [...planned, ...run.merged, ...(distilled?.tickets ?? [])],
    run,
    ...(distilled ? { distilled: { artifacts: distilled.artifacts, claims: distilled.claims } } : {}),
  };
}

/** The day's distillation, played at once: claims into the wiki by the librarian's tickets, through the same gate. */
async function distillSession(
  world: World,
  session: Session,
  args: StepArgs,
): Promise<{ artifacts: number; claims: number; tickets: readonly string[] }> {
  await enterStage(world, session, "distill");
  const made = { artifacts: 0, claims: 0, tickets: [] as string[] };
  for (const where of args.domains?.map((domain) => ({ domain })) ?? [{}]) {
    const { artifacts, candidates, tickets } = await distill(world, where);
    made.artifacts += artifacts;
    made.claims += candidates.length;
    made.tickets.push(...tickets);
  }
  if (made.tickets.length > 0) await runTickets(world, { ...chooseRun(args), tickets: made.tickets });
  return made;
}

function chooseRun(args: StepArgs): Parameters<typeof runTickets>[1] {
  return {
    diagnose: args.diagnose,
    ...(args.maxParallel === undefined ? {} : { maxParallel: args.maxParallel }),
    ...(args.domains === undefined ? {} : { domains: args.domains }),
  };
}

/** The last part: facts and fingerprints are taken again, and the session ends in the same transaction (S7, S16). */
export async function closeSession(world: World, session: Session, args: Pick<StepArgs, "tools" | "domains">): Promise<Session> {
  await enterStage(world, session, "close");
  const tools = args.tools ?? playbookTools;
  const refreshed = await refreshFingerprints(world, {
    gatherInputs,
    retakeBrief: (_, retaking) => retakeBrief(world, { ...retaking, tools }),
    ...(args.domains === undefined ? {} : { domains: args.domains }),
  });
  return await endSession(world, session.id, refreshed);
}

/** Notes how far the session is, for whoever watches and for who goes on with it after a crash. */
export async function enterStage(world: World, session: Session, stage: string): Promise<void> {
  world.signal.throwIfAborted();
  world.report({ stage, state: "start", text: stage });
  await updateSession(world, session.id, () => ({ stage }));
}

async function endSession(world: World, id: string, refreshed: readonly RefreshedBrief[]): Promise<Session> {
  return await world.store.write(async (tx) => {
    const session = await tx.sessions.get(id);
    if (session === undefined) throw new Error(`session ${id} is gone`);
    await storeRefreshed(tx, refreshed, id);
    const ended: Session = { ...session, stage: "done", endedAt: world.clock.now() };
    await tx.sessions.put(ended);
    const { scouted, skipped, modelCalls } = ended;
    await tx.append({
      kind: "session.ended",
      actor: "mos",
      authority: id,
      reason: "done",
      data: { session: id, scouted, skipped, modelCalls },
    });
    return ended;
  });
}
