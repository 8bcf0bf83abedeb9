import type { Diagnosis } from "../contract/doctor.ts";
import { exitCode, MosError } from "../contract/error.ts";
import type { Session } from "../contract/run.ts";
import type { Cause } from "../contract/ticket.ts";
import type { World } from "../port/world.ts";
import { keepArtifacts } from "../stage/close/keep-artifacts.ts";
import { type RefreshedBrief, refreshFingerprints, storeRefreshed } from "../stage/close/refresh-fingerprints.ts";
import { askDecisions } from "../stage/interview/ask-decisions.ts";
import type { Interviewer } from "../stage/interview/interviewer.ts";
import { planSession } from "../stage/plan/plan-session.ts";
import { gatherInputs } from "../stage/scout/gather-inputs.ts";
import { retakeBrief } from "../stage/scout/retake-brief.ts";
import { scoutDomains } from "../stage/scout/scout-domains.ts";
import { playbookTools, type ScoutTools } from "../stage/scout/write-brief.ts";
import { distill } from "./distill.ts";
import { createLeaseObserver } from "./hold-lease.ts";
import { holdSession, updateSession } from "./open-session.ts";
import { type Diagnose, type RunResult, recoverWorkspace, runTickets } from "./run-tickets.ts";

export interface StartArgs {
  readonly interviewer: Interviewer;
  readonly diagnose: Diagnose;
  readonly maxParallel?: number;
  /** Scout every domain, fresh or not. */
  readonly again?: boolean;
  /** Distil what was learned before the close, and land what the librarian makes of it. */
  readonly distill?: boolean;
  /** How findings are made; the playbooks, unless a test has others. */
  readonly tools?: ScoutTools;
}

/** `mos start`, as CONTRACT.md gives it. */
export interface SessionResult {
  readonly session: string;
  readonly scouted: readonly string[];
  readonly skipped: readonly string[];
  /** Domains whose scout failed, and why. */
  readonly failed: readonly { readonly domain: string; readonly reason: string }[];
  readonly decisions: readonly SessionDecision[];
  /** Tickets that this session filed, released or landed. */
  readonly tickets: readonly { readonly id: string; readonly state: string; readonly causes: readonly Cause[] }[];
  /** Lanes that wait, and why. */
  readonly paused: RunResult["paused"];
  readonly modelCalls: number;
  readonly doctor: Pick<Diagnosis, "grade" | "passed" | "total">;
  /** When the session distilled as well. */
  readonly distilled?: { readonly artifacts: number; readonly claims: number };
}

export interface SessionDecision {
  readonly domain: string;
  readonly decision: string;
  readonly question: string;
  readonly answer: string;
  readonly option?: string;
  readonly authority: string;
  readonly tickets: readonly string[];
}

/**
 * One whole session: sweep, doctor, scout, interview, plan, run, distil where asked, close. Broken off or killed anywhere it stays open, and
 * the next call goes on with it: what is answered stays answered, what is planned is not planned again.
 * Throws `interrupted` (exit 130) when the operator breaks the interview off.
 */
export async function startSession(world: World, args: StartArgs): Promise<SessionResult> {
  return await holdSession(world, async (session) => {
    const tools = args.tools ?? playbookTools;
    await enterStage(world, session, "sweep");
    await recoverWorkspace(world, createLeaseObserver(world, world.workspace.config.limits.leaseSeconds * 1000));
    await enterStage(world, session, "doctor");
    const { grade, passed, total } = await args.diagnose(world, {});
    const failed = await scoutSession(world, session, args);
    await interview(world, session, args.interviewer);
    await enterStage(world, session, "plan");
    const planned = await planSession(world, { session: session.id });
    await enterStage(world, session, "run");
    const atOnce = args.maxParallel === undefined ? {} : { maxParallel: args.maxParallel };
    const run = await runTickets(world, { ...atOnce, diagnose: args.diagnose });
    await keepArtifacts(world, { session: session.id });
    const distilled = args.distill ? await distillSession(world, session, args) : undefined;
    await enterStage(world, session, "close");
    const refreshed = await refreshFingerprints(world, {
      gatherInputs,
      retakeBrief: (_, retaking) => retakeBrief(world, { ...retaking, tools }),
    });
    const ended = await endSession(world, session.id, refreshed);
    const touched = [...planned, ...run.merged, ...(distilled?.tickets ?? [])];
    const described = await describeSession(world, ended, { failed, paused: run.paused, doctor: { grade, passed, total }, touched });
    return { ...described, ...(distilled ? { distilled: { artifacts: distilled.artifacts, claims: distilled.claims } } : {}) };
  });
}

/** The day's distillation, played at once: claims into the wiki by the librarian's tickets, through the same gate. */
async function distillSession(
  world: World,
  session: Session,
  args: StartArgs,
): Promise<{ artifacts: number; claims: number; tickets: readonly string[] }> {
  await enterStage(world, session, "distill");
  const { artifacts, candidates, tickets } = await distill(world);
  const atOnce = args.maxParallel === undefined ? {} : { maxParallel: args.maxParallel };
  if (tickets.length > 0) await runTickets(world, { ...atOnce, tickets, diagnose: args.diagnose });
  return { artifacts, claims: candidates.length, tickets };
}

/** Scouts what is not fresh, and notes it in the session. */
export async function scoutSession(
  world: World,
  session: Session,
  args: Pick<StartArgs, "again" | "tools">,
): Promise<SessionResult["failed"]> {
  await enterStage(world, session, "scout");
  const again = args.again === undefined ? {} : { again: args.again };
  const { scouted, skipped, failed } = await scoutDomains(world, { session: session.id, tools: args.tools ?? playbookTools, ...again });
  await updateSession(world, session.id, (now) => {
    const all = [...new Set([...now.scouted, ...scouted])];
    return { scouted: all, skipped: [...new Set([...now.skipped, ...skipped])].filter((name) => !all.includes(name)) };
  });
  return failed.map(({ domain, error }) => ({ domain, reason: error instanceof Error ? error.message : String(error) }));
}

async function interview(world: World, session: Session, interviewer: Interviewer): Promise<void> {
  await enterStage(world, session, "interview");
  const outcome = await askDecisions(world, { session: session.id, interviewer });
  if (outcome.kind === "complete") return;
  throw new MosError({
    code: "interrupted",
    message: `Broken off with ${outcome.open} ${outcome.open === 1 ? "question" : "questions"} open; every answer so far is kept.`,
    hint: "mos start goes on where it stopped.",
    exit: exitCode.interrupted,
  });
}

async function enterStage(world: World, session: Session, stage: string): Promise<void> {
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

async function describeSession(
  world: World,
  session: Session,
  rest: Pick<SessionResult, "failed" | "paused" | "doctor"> & { touched: readonly string[] },
): Promise<SessionResult> {
  return await world.store.read(async (tx) => {
    const decisions = await tx.decisions.list({ session: session.id });
    const ids = new Set([...decisions.flatMap((decision) => decision.planned ?? []), ...rest.touched]);
    const found = await Promise.all([...ids].map((id) => tx.tickets.get(id)));
    return {
      session: session.id,
      scouted: session.scouted,
      skipped: session.skipped,
      failed: rest.failed,
      paused: rest.paused,
      decisions: decisions.map(({ domain, candidate, answer, authority, planned }) => ({
        domain,
        decision: candidate.key,
        question: candidate.question,
        answer: answer.kind,
        ...(answer.kind === "chosen" ? { option: answer.option } : {}),
        authority,
        tickets: planned ?? [],
      })),
      tickets: found.flatMap((ticket) => {
        if (ticket === undefined) return [];
        const { id, status } = ticket;
        return [{ id, state: status.state, causes: status.state === "blocked" ? status.causes : [] }];
      }),
      modelCalls: session.modelCalls,
      doctor: rest.doctor,
    };
  });
}
