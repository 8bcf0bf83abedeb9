import type { Answer, Decision } from "../../contract/decision.ts";
import { MosError } from "../../contract/error.ts";
import type { KnownQuestions } from "../../core/decision/answer-from-file.ts";
import { rankAcrossDomains } from "../../core/decision/rank-across-domains.ts";
import type { StoreReader } from "../../port/store.ts";
import type { World } from "../../port/world.ts";
import type { Interviewer } from "./interviewer.ts";
import { openQuestions } from "./open-questions.ts";

/** `broken-off`: the operator stopped; what was answered is kept, the rest is still open. */
export type Interview = { readonly kind: "complete" } | { readonly kind: "broken-off"; readonly open: number };

/**
 * Puts the session's open questions to the interviewer, one by one, each answer kept in a transaction of its own before
 * the next is put (S10). A crash or a break-off loses no answer; called again, it goes on with the first open one.
 */
export async function askDecisions(world: World, args: { session: string; interviewer: Interviewer }): Promise<Interview> {
  const { session, interviewer } = args;
  await openQuestions(world, { session });
  const { open, known } = await world.store.read(async (tx) => ({
    open: await listOpen(world, tx, session),
    known: await listKnown(world, tx),
  }));
  interviewer.prepare?.(known);
  const byName = new Map([...world.workspace.domains, world.workspace.operator].map((domain) => [domain.name, domain]));
  for (const [index, decision] of open.entries()) {
    world.signal.throwIfAborted();
    const domain = byName.get(decision.domain);
    if (domain === undefined) continue;
    const refused = domain.sealed && !interviewer.mayAnswerSealed;
    const answer = refused
      ? ({ kind: "deferred" } as const)
      : await interviewer.answer({ decision, domain, number: index + 1, total: open.length });
    if (answer === undefined) return { kind: "broken-off", open: open.length - index };
    await keepAnswer(world, decision, answer, refused ? "mos" : interviewer.authority);
  }
  return { kind: "complete" };
}

/**
 * Keeps one answer. Another process may have answered meanwhile: then the first answer stands, and `false` is given. What
 * a session relays never touches a sealed domain (`domain-sealed`).
 */
export async function keepAnswer(world: World, decision: Decision, answer: Answer, authority: string): Promise<boolean> {
  assertPossible(decision, answer);
  if (authority === "relayed") assertOpenDomain(world, decision);
  const answeredAt = world.clock.now();
  const kept = await world.store.write(async (tx) => {
    const answered: Decision = { ...decision, answer, authority, answeredAt, version: decision.version + 1 };
    const saved = await tx.decisions.update(answered, decision.version);
    if (saved.kind === "stale") return false;
    const reason = describeAnswer(decision, answer);
    const data = { decision: decision.id, answer };
    const actor = authority === "mos" ? "mos" : authority === "relayed" ? "orchestrator" : "operator";
    await tx.append({ kind: "decision.answered", domain: decision.domain, actor, authority, reason, data });
    return true;
  });
  if (!kept) return false;
  const { domain } = decision;
  world.report({ stage: "interview", domain, state: "done", text: `${decision.candidate.question} ${describeAnswer(decision, answer)}` });
  return true;
}

/** The session's open questions, ranked across domains, each domain's as they were chosen (S8, S26). */
export async function listOpen(world: World, tx: StoreReader, session: string): Promise<Decision[]> {
  const open = (await tx.decisions.list({ session })).filter((decision) => decision.answer.kind === "open");
  const domains = [...world.workspace.domains, world.workspace.operator];
  return rankAcrossDomains(domains.map(({ name, sealed }) => ({ sealed, decisions: open.filter((decision) => decision.domain === name) })));
}

function assertOpenDomain({ workspace }: World, { domain: name }: Decision): void {
  const domain = [...workspace.domains, workspace.operator].find((one) => one.name === name);
  if (domain !== undefined && !domain.sealed) return;
  throw new MosError({
    code: "domain-sealed",
    message: `${name} is sealed: an answer that a session relays does not reach it.`,
    hint: "The operator answers in a terminal of their own: mos start",
  });
}

/** What was ever asked: an answers file may speak of a question that is answered already, not of one that never was. */
export async function listKnown(world: World, tx: StoreReader): Promise<KnownQuestions> {
  const decisions = await tx.decisions.list();
  const briefs = await tx.briefs.list();
  const known = [...world.workspace.domains, world.workspace.operator].map(({ name }) => {
    const asked = decisions.filter((decision) => decision.domain === name).map((decision) => decision.candidate);
    const found = briefs.filter((brief) => brief.domain === name).flatMap((brief) => brief.decisions);
    return [name, [...asked, ...found]] as const;
  });
  return Object.fromEntries(known);
}

function assertPossible({ candidate, domain }: Decision, answer: Answer): void {
  const impossible = answer.kind === "chosen" && !candidate.options.some((option) => option.id === answer.option);
  if (!impossible && answer.kind !== "open") return;
  throw new MosError({
    code: "answer-unknown",
    message: `${domain}'s ${candidate.key} has no option "${answer.kind === "chosen" ? answer.option : answer.kind}"`,
    hint: `Choose one of ${candidate.options.map((option) => option.id).join(", ")}, or other, skip, defer.`,
  });
}

function describeAnswer({ candidate }: Decision, answer: Answer): string {
  if (answer.kind === "chosen") {
    const label = candidate.options.find((option) => option.id === answer.option)?.label ?? answer.option;
    return answer.note === undefined ? label : `${label} (${answer.note})`;
  }
  return answer.kind === "other" ? `Other: ${answer.text}` : answer.kind;
}
