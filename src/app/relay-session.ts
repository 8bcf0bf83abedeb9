import type { Answer, Decision } from "../contract/decision.ts";
import { exitCode, MosError } from "../contract/error.ts";
import { answerFromFile, checkAnswersFile } from "../core/decision/answer-from-file.ts";
import { countOf } from "../core/text/count-of.ts";
import { listOpenDomains } from "../core/workspace/list-open-domains.ts";
import type { World } from "../port/world.ts";
import { keepAnswer, listKnown, listOpen } from "../stage/interview/ask-decisions.ts";
import { findOpenSession, holdSession, type SessionHand, updateSession } from "./open-session.ts";
import { type Briefing, briefSession, closeSession, enterStage, type StepArgs, workSession } from "./session-steps.ts";
import { describeSession, type SessionResult } from "./start-session.ts";
import { withholdSealed } from "./withhold-sealed.ts";

/**
 * The flow of `mos start` in steps, for a session that asks the operator and relays what they say: start → questions →
 * answers → work, which closes. Every step may be repeated, and `mos start` in a terminal may take over between two.
 * Sealed domains are left out: their questions, and whatever is found there, are for the operator's own terminal (S13).
 */
const relayed: SessionHand = { actor: "orchestrator", authority: "relayed", reason: "started in an agent's session" };
const step: SessionHand = { ...relayed, step: true };

type RelayArgs = Omit<StepArgs, "domains">;

export interface RelayedBriefing extends Briefing {
  readonly session: string;
  readonly scouted: readonly string[];
  readonly skipped: readonly string[];
  /** How many wait for an answer. */
  readonly questions: number;
}

/** Sweep, doctor, scouts; goes on with an open session. Throws `session-running`. */
export async function startRelayed(world: World, args: RelayArgs): Promise<RelayedBriefing> {
  return await holdSession(
    world,
    async (session) => {
      const open = openNames(world);
      const { doctor, failed } = await briefSession(world, session, { ...args, domains: open });
      await enterStage(world, session, "interview");
      const { scouted, skipped } = await updateSession(world, session.id, () => ({}));
      const isOpen = (name: string) => open.includes(name);
      return {
        session: session.id,
        scouted: scouted.filter(isOpen),
        skipped: skipped.filter(isOpen),
        failed,
        doctor: withholdSealed(world.workspace, doctor),
        questions: (await readOpen(world)).length,
      };
    },
    relayed,
  );
}

/** The open session's questions that may be put by a session; none when no session is open. */
export async function listRelayedQuestions(world: World): Promise<{ session?: string; questions: Decision[] }> {
  const session = await world.store.read(findOpenSession);
  return { ...(session === undefined ? {} : { session: session.id }), questions: await readOpen(world) };
}

export interface RelayedAnswer {
  readonly domain: string;
  readonly decision: string;
  /** An option's id, or `recommended`, `defer`, `skip`, `other` (with the words in `note`). */
  readonly option: string;
  readonly note?: string;
}

export interface KeptAnswers {
  readonly kept: readonly { readonly domain: string; readonly decision: string; readonly answer: Answer }[];
  /** Answered before, by whomever: the first answer stands (S10). */
  readonly stood: readonly { readonly domain: string; readonly decision: string }[];
  readonly open: number;
}

/**
 * Keeps the operator's answers as relayed. All are looked at before the first is kept: one that names what does not exist
 * refuses them all (`answers-unknown`, `answers-twice`, `answers-note`). Throws `no-session`, `domain-sealed`.
 */
export async function relayAnswers(world: World, args: { answers: readonly RelayedAnswer[] }): Promise<KeptAnswers> {
  return await holdSession(
    world,
    async (session) => {
      const open = openNames(world);
      const sealed = world.workspace.domains.find((domain) => domain.sealed && args.answers.some((one) => one.domain === domain.name));
      if (sealed !== undefined) throw refuseSealed(sealed.name);
      const known = await world.store.read((tx) => listKnown(world, tx));
      const file = { default: "defer" as const, answers: args.answers.map((answer) => ({ ...answer })) };
      checkAnswersFile(file, Object.fromEntries(Object.entries(known).filter(([name]) => open.includes(name))));
      const questions = (await world.store.read((tx) => listOpen(world, tx, session.id))).filter(({ domain }) => open.includes(domain));
      const kept: { domain: string; decision: string; answer: Answer }[] = [];
      const stood: { domain: string; decision: string }[] = [];
      for (const { domain, decision } of args.answers) {
        const question = questions.find((one) => one.domain === domain && one.candidate.key === decision);
        const answer = question && answerFromFile(file, question);
        const isKept = question && answer && (await keepAnswer(world, question, answer, "relayed"));
        if (isKept) kept.push({ domain, decision, answer });
        else stood.push({ domain, decision });
      }
      return { kept, stood, open: (await readOpen(world)).length };
    },
    step,
  );
}

export interface RelayedWork extends SessionResult {
  /** False while questions of sealed domains wait: `mos start` in the operator's terminal puts them, and ends the session. */
  readonly ended: boolean;
}

/**
 * Plans what was decided, works, lands, distils where asked, and closes. Throws `questions-open` while one is open that
 * could have been put, and `no-session`.
 */
export async function workRelayed(world: World, args: RelayArgs): Promise<RelayedWork> {
  return await holdSession(
    world,
    async (session) => {
      const domains = openNames(world);
      const waiting = await world.store.read((tx) => listOpen(world, tx, session.id));
      const askable = waiting.filter(({ domain }) => domains.includes(domain)).length;
      if (askable > 0) throw refuseOpen(askable);
      const ends = waiting.length === 0;
      const worked = await workSession(world, session, { ...args, domains, ends });
      const now = ends ? await closeSession(world, session, { ...args, domains }) : await updateSession(world, session.id, () => ({}));
      const doctor = await args.diagnose(world, {});
      return { ...(await describeOpenly(world, await describeSession(world, now, { doctor, failed: [], worked }))), ended: ends };
    },
    step,
  );
}

/** Without what belongs to sealed domains, which a session that began in a terminal may hold. */
async function describeOpenly(world: World, result: SessionResult): Promise<SessionResult> {
  const open = openNames(world);
  const prefixes = listOpenDomains(world.workspace).map(({ prefix }) => `${prefix}-`);
  return {
    ...result,
    scouted: result.scouted.filter((name) => open.includes(name)),
    skipped: result.skipped.filter((name) => open.includes(name)),
    decisions: result.decisions.filter(({ domain }) => open.includes(domain)),
    tickets: result.tickets.filter(({ id }) => prefixes.some((prefix) => id.startsWith(prefix))),
  };
}

async function readOpen(world: World): Promise<Decision[]> {
  const domains = openNames(world);
  return await world.store.read(async (tx) => {
    const session = await findOpenSession(tx);
    const open = session === undefined ? [] : await listOpen(world, tx, session.id);
    return open.filter(({ domain }) => domains.includes(domain));
  });
}

function openNames(world: World): string[] {
  return listOpenDomains(world.workspace).map(({ name }) => name);
}

function refuseSealed(name: string): MosError {
  return new MosError({
    code: "domain-sealed",
    message: `${name} is sealed: an answer that a session relays does not reach it.`,
    hint: "The operator answers in a terminal of their own: mos start",
  });
}

function refuseOpen(count: number): MosError {
  return new MosError({
    code: "questions-open",
    message: `${countOf(count, "question is", "questions are")} open.`,
    hint: "Put them to the operator and record what they say; what they put off is answered with defer.",
    exit: exitCode.usage,
  });
}
