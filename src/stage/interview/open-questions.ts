import type { Brief, DecisionCandidate } from "../../contract/brief.ts";
import type { Domain } from "../../contract/config.ts";
import type { Answer, Decision } from "../../contract/decision.ts";
import { chooseDecisions } from "../../core/decision/choose-decisions.ts";
import type { StoreReader, StoreWriter } from "../../port/store.ts";
import type { World } from "../../port/world.ts";

/**
 * Makes an open Decision of each question that this session's briefs come to, once a brief (S8). Repeatable: after a
 * crash the same session finds what is there. Where a domain was scouted again within the session, open questions are
 * brought up to date, and those that no longer arise are deferred by `mos`.
 */
export async function openQuestions(world: World, { session }: { session: string }): Promise<void> {
  for (const domain of [...world.workspace.domains, world.workspace.operator]) {
    const has = await world.store.read(async (tx) => (await findUnasked(tx, session, domain)) !== undefined);
    if (has) await world.store.write((tx) => openOf(tx, { session, domain, now: world.clock.now() }));
  }
}

/** This session's latest brief of the domain, when no question was made of it yet. */
async function findUnasked(tx: StoreReader, session: string, domain: Domain): Promise<Brief | undefined> {
  const brief = (await tx.briefs.list({ domain: domain.name, session })).reduce<Brief | undefined>(
    (latest, candidate) => (latest === undefined || candidate.at >= latest.at ? candidate : latest),
    undefined,
  );
  if (brief === undefined) return undefined;
  const decisions = await tx.decisions.list({ session, domain: domain.name });
  return decisions.some((decision) => decision.brief === brief.id) ? undefined : brief;
}

async function openOf(tx: StoreWriter, args: { session: string; domain: Domain; now: string }): Promise<void> {
  const { session, domain } = args;
  const brief = await findUnasked(tx, session, domain);
  if (brief === undefined) return;
  const earlier = await tx.decisions.list({ domain: domain.name });
  const tickets = await tx.tickets.list({ domain: domain.name });
  const candidates = chooseDecisions({ candidates: brief.decisions, tickets, earlier });
  const mine = new Map(earlier.filter((decision) => decision.session === session).map((decision) => [decision.candidate.key, decision]));
  for (const candidate of candidates) await ask(tx, { ...args, brief, candidate, known: mine.get(candidate.key) });
  const asked = new Set(candidates.map((candidate) => candidate.key));
  for (const decision of mine.values()) {
    if (decision.answer.kind === "open" && !asked.has(decision.candidate.key)) await drop(tx, decision, args.now);
  }
}

async function ask(
  tx: StoreWriter,
  args: { session: string; domain: Domain; now: string; brief: Brief; candidate: DecisionCandidate; known: Decision | undefined },
): Promise<void> {
  const { session, domain, brief, candidate, known } = args;
  if (known !== undefined) {
    if (known.answer.kind === "open")
      await tx.decisions.update({ ...known, brief: brief.id, candidate, version: known.version + 1 }, known.version);
    return;
  }
  const id = `${session}/${domain.name}/${candidate.key}`;
  const standing = findStanding(domain, candidate);
  const decision: Decision = {
    id,
    session,
    domain: domain.name,
    brief: brief.id,
    candidate,
    answer: standing?.answer ?? { kind: "open" },
    authority: standing === undefined ? "operator" : "standing",
    ...(standing === undefined ? {} : { answeredAt: args.now }),
    version: 1,
  };
  await tx.decisions.insert(decision);
  const data = { decision: id, options: candidate.options.map((option) => option.id) };
  await tx.append({ kind: "decision.asked", domain: domain.name, actor: "mos", authority: session, reason: candidate.question, data });
  if (standing === undefined) return;
  const { reason, answer } = standing;
  await tx.append({
    kind: "decision.answered",
    domain: domain.name,
    actor: "mos",
    authority: "standing",
    reason,
    data: { decision: id, answer },
  });
}

/** A standing decision of mos.yaml answers its playbook's questions without asking (T9). */
function findStanding(domain: Domain, candidate: DecisionCandidate): { answer: Answer; reason: string } | undefined {
  for (const { playbook, option, reason } of domain.standing) {
    if (candidate.source !== "playbook" || candidate.playbook !== playbook) continue;
    if (candidate.options.some((known) => known.id === option)) return { answer: { kind: "chosen", option }, reason };
  }
  return undefined;
}

async function drop(tx: StoreWriter, decision: Decision, now: string): Promise<void> {
  const answered: Decision = {
    ...decision,
    answer: { kind: "deferred" },
    authority: "mos",
    answeredAt: now,
    version: decision.version + 1,
  };
  await tx.decisions.update(answered, decision.version);
  const reason = "the question no longer arises";
  const data = { decision: decision.id, answer: answered.answer };
  await tx.append({ kind: "decision.answered", domain: decision.domain, actor: "mos", authority: "mos", reason, data });
}
