import type { Diagnosis } from "../contract/doctor.ts";
import { exitCode, MosError } from "../contract/error.ts";
import type { Session } from "../contract/run.ts";
import type { Cause } from "../contract/ticket.ts";
import { countOf } from "../core/text/count-of.ts";
import type { World } from "../port/world.ts";
import { askDecisions } from "../stage/interview/ask-decisions.ts";
import type { Interviewer } from "../stage/interview/interviewer.ts";
import { holdSession } from "./open-session.ts";
import type { RunResult } from "./run-tickets.ts";
import { briefSession, closeSession, enterStage, type StepArgs, type Worked, workSession } from "./session-steps.ts";

export interface StartArgs extends StepArgs {
  readonly interviewer: Interviewer;
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
  /** Why what was chosen files nothing. */
  readonly refused?: readonly string[];
}

/**
 * One whole session: sweep, doctor, scout, interview, plan, run, distil where asked, close. Broken off or killed anywhere it stays open, and
 * the next call goes on with it: what is answered stays answered, what is planned is not planned again.
 * Throws `interrupted` (exit 130) when the operator breaks the interview off.
 */
export async function startSession(world: World, args: StartArgs): Promise<SessionResult> {
  return await holdSession(world, async (session) => {
    const { doctor, failed } = await briefSession(world, session, args);
    await interview(world, session, args.interviewer);
    const worked = await workSession(world, session, { ...args, ends: true });
    const ended = await closeSession(world, session, args);
    return await describeSession(world, ended, { doctor, failed, worked });
  });
}

async function interview(world: World, session: Session, interviewer: Interviewer): Promise<void> {
  await enterStage(world, session, "interview");
  const outcome = await askDecisions(world, { session: session.id, interviewer });
  if (outcome.kind === "complete") return;
  throw new MosError({
    code: "interrupted",
    message: `Broken off with ${countOf(outcome.open, "question")} open; every answer so far is kept.`,
    hint: "mos start goes on where it stopped.",
    exit: exitCode.interrupted,
  });
}

/** What a session came to so far. */
export async function describeSession(
  world: World,
  session: Session,
  { doctor, failed, worked }: { doctor: SessionResult["doctor"]; failed: SessionResult["failed"]; worked: Worked },
): Promise<SessionResult> {
  return await world.store.read(async (tx) => {
    const decisions = await tx.decisions.list({ session: session.id });
    const ids = new Set([...decisions.flatMap((decision) => decision.planned ?? []), ...worked.touched]);
    const found = await Promise.all([...ids].map((id) => tx.tickets.get(id)));
    const { grade, passed, total } = doctor;
    return {
      session: session.id,
      scouted: session.scouted,
      skipped: session.skipped,
      failed,
      paused: worked.run.paused,
      decisions: decisions.map(({ domain, candidate, answer, authority, planned, refused }) => ({
        domain,
        decision: candidate.key,
        question: candidate.question,
        answer: answer.kind,
        ...(answer.kind === "chosen" ? { option: answer.option } : {}),
        authority,
        tickets: planned ?? [],
        ...(refused === undefined ? {} : { refused }),
      })),
      tickets: found.flatMap((ticket) => {
        if (ticket === undefined) return [];
        const { id, status } = ticket;
        return [{ id, state: status.state, causes: status.state === "blocked" ? status.causes : [] }];
      }),
      modelCalls: session.modelCalls,
      doctor: { grade, passed, total },
      ...(worked.distilled ? { distilled: worked.distilled } : {}),
    };
  });
}
