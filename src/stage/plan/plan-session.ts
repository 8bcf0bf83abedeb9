import type { Domain } from "../../contract/config.ts";
import type { Decision } from "../../contract/decision.ts";
import { Provenance, type Ticket, type TicketDraft } from "../../contract/ticket.ts";
import type { PlanGround } from "../../core/decision/judge-plan.ts";
import { isUndecided, type PlanItem, planTickets, readChoice } from "../../core/decision/plan-tickets.ts";
import { type RefusedPlan, refusePlans } from "../../core/decision/refuse-plans.ts";
import { cleanLine } from "../../core/role/fence.ts";
import { applyTransition } from "../../core/ticket/apply-transition.ts";
import { createTicket } from "../../core/ticket/create-ticket.ts";
import type { StoreWriter } from "../../port/store.ts";
import type { World } from "../../port/world.ts";
import { readGround } from "./read-ground.ts";

/**
 * Makes tickets of what was decided, once (S14). One transaction a domain files them, makes the approved ones ready and
 * notes on each decision what it came to: a crash leaves a domain planned or not planned, and called again this goes on
 * with those that are not. Returns the ids of the tickets that were filed or taken up, in the order of filing.
 */
export async function planSession(world: World, { session }: { session: string }): Promise<string[]> {
  const planned: string[] = [];
  for (const domain of [...world.workspace.domains, world.workspace.operator]) {
    const decisions = await world.store.read((tx) => tx.decisions.list({ session, domain: domain.name }));
    if (!decisions.some(isUnplanned)) continue;
    const ground = await readGround(world, domain, decisions.filter(isJudged));
    const { tickets, refused } = await world.store.write((tx) => planDomain(tx, { world, domain, session, ground }));
    for (const { decision, problems } of refused) {
      const text = cleanLine(`${domain.name}: "${decision.candidate.question}" files nothing: ${problems.join("; ")}`, 2000);
      world.report({ stage: "plan", domain: domain.name, state: "failed", text });
    }
    for (const ticket of tickets) {
      const { id, title, status } = ticket;
      world.report({ stage: "plan", domain: domain.name, ticket: id, state: "done", text: `${id} ${title}: ${status.state}` });
    }
    planned.push(...tickets.map((ticket) => ticket.id));
  }
  return planned;
}

function isJudged({ candidate }: Decision): boolean {
  return candidate.judged !== undefined;
}

function isUnplanned(decision: Decision): boolean {
  return decision.planned === undefined && readChoice(decision).approved;
}

interface Planning {
  readonly world: World;
  readonly domain: Domain;
  readonly session: string;
  /** What a model's options are held against. */
  readonly ground: PlanGround;
}

interface Planned {
  readonly tickets: readonly Ticket[];
  readonly refused: readonly RefusedPlan[];
}

async function planDomain(tx: StoreWriter, planning: Planning): Promise<Planned> {
  const all = await tx.decisions.list({ domain: planning.domain.name });
  const decisions = all.filter((decision) => decision.session === planning.session);
  const earlier = all.filter((decision) => decision.session !== planning.session);
  const tickets = await tx.tickets.list({ domain: planning.domain.name });
  const refused = refusePlans({ decisions, earlier, tickets, ground: planning.ground });
  const held = new Set(refused.map(({ decision }) => decision.id));
  const items = planTickets({ decisions: decisions.filter(({ id }) => !held.has(id)), earlier, tickets });
  const filed = new Map<string, Ticket>();
  for (const item of items) filed.set(item.key, await fileItem(tx, planning, item, filed));
  const sound = decisions.filter(({ id }) => !held.has(id));
  for (const decision of sound) await notePlan(tx, decision, filed);
  for (const decision of sound) if (isUnplanned(decision)) await replaceDrafts(tx, decision, earlier, filed);
  const told = refused.filter(({ decision }) => isUnplanned(decision));
  for (const plan of told) await noteRefused(tx, plan);
  const latest = await Promise.all([...filed.values()].map((ticket) => tx.tickets.get(ticket.id)));
  return { tickets: latest.filter((ticket) => ticket !== undefined), refused: told };
}

/** A model's option that does not hold files nothing, and says so on its decision (S25). */
async function noteRefused(tx: StoreWriter, { decision, problems }: RefusedPlan): Promise<void> {
  const refused = problems.slice(0, 50).map((problem) => cleanLine(problem, 1000));
  await tx.decisions.update({ ...decision, planned: [], refused, version: decision.version + 1 }, decision.version);
  const data = { decision: decision.id, option: readChoice(decision).option, tickets: [], refused };
  const reason = "what was chosen cannot be planned: nothing is filed";
  await tx.append({ kind: "decision.planned", domain: decision.domain, actor: "mos", authority: decision.id, reason, data });
}

async function fileItem(tx: StoreWriter, planning: Planning, item: PlanItem, filed: ReadonlyMap<string, Ticket>): Promise<Ticket> {
  const { domain, world } = planning;
  const note = { actor: "mos", authority: item.decision.id, reason: item.decision.candidate.question };
  const before = item.after.flatMap((key) => filed.get(key)?.id ?? []);
  // Who does a model's ticket is configuration's to say, at the moment it is filed.
  const executor = world.roles.choose("executor", domain.name)?.runtime;
  const doer = isJudged(item.decision) ? { runtime: executor ?? item.draft.runtime } : {};
  const draft: TicketDraft = { ...item.draft, ...doer, dependsOn: [...new Set([...item.draft.dependsOn, ...item.dependsOn, ...before])] };
  const provenance = describeOrigin(item);
  const sealedDomains = world.workspace.domains.filter((other) => other.sealed).map((other) => other.name);
  let ticket: Ticket;
  if (item.reuse === undefined) {
    ticket = await createTicket(tx, { ...note, draft, prefix: domain.prefix, provenance, sealedDomains, now: world.clock.now() });
  } else {
    const { domain: _, ...changes } = draft;
    ticket = (await applyTransition(tx, item.reuse, { kind: "edit", changes }, { ...note, sealedDomains })).ticket;
  }
  const checkable = draft.accept.some((point) => point.run !== undefined);
  const hasDoer = !isJudged(item.decision) || executor !== undefined;
  if (!item.approved || !checkable || !hasDoer) return ticket;
  return (await applyTransition(tx, ticket.id, { kind: "ready", provenance }, note)).ticket;
}

/** A draft for a question that is not decided names no decision: none stands behind it (T9). */
function describeOrigin({ decision, option, approved }: PlanItem): Provenance {
  const { candidate, session, brief, id } = decision;
  return Provenance.parse({
    session,
    brief,
    option,
    ...(approved ? { decision: id } : {}),
    ...(isJudged(decision) && decision.answer.kind !== "other" ? { words: "model" } : {}),
    ...(candidate.playbook === undefined ? {} : { playbook: candidate.playbook }),
    ...(decision.authority === "standing" ? { standing: `${candidate.playbook}: ${option}` } : {}),
  });
}

async function notePlan(tx: StoreWriter, decision: Decision, filed: ReadonlyMap<string, Ticket>): Promise<void> {
  if (decision.planned !== undefined) return;
  const choice = readChoice(decision);
  const planned = choice.tickets.flatMap((ticket) => filed.get(`${decision.candidate.key}#${ticket.key}`)?.id ?? []);
  if (!choice.approved && planned.length === 0) return;
  await tx.decisions.update({ ...decision, planned, version: decision.version + 1 }, decision.version);
  const reason =
    planned.length === 0 ? "needs no work" : choice.approved ? "decided" : "not decided, but others wait for it: filed as drafts";
  const data = { decision: decision.id, option: choice.option, tickets: planned };
  await tx.append({ kind: "decision.planned", domain: decision.domain, actor: "mos", authority: decision.id, reason, data });
}

/**
 * Drafts that an earlier deferral left and the decision now made does not use: the last ticket of the option taken
 * stands for them, so that those who wait go on after it; an option without work withdraws them (T3).
 */
async function replaceDrafts(
  tx: StoreWriter,
  decision: Decision,
  earlier: readonly Decision[],
  filed: ReadonlyMap<string, Ticket>,
): Promise<void> {
  const same = earlier.filter(({ candidate, answer }) => candidate.key === decision.candidate.key && isUndecided(answer));
  const used = new Set([...filed.values()].map((ticket) => ticket.id));
  const last = readChoice(decision).tickets.at(-1);
  const successor = last === undefined ? undefined : filed.get(`${decision.candidate.key}#${last.key}`)?.id;
  const note = { actor: "mos", authority: decision.id, reason: `decided otherwise: ${decision.candidate.question}` };
  for (const id of new Set(same.flatMap((old) => old.planned ?? []))) {
    if (used.has(id) || (await tx.tickets.get(id))?.status.state !== "draft") continue;
    const event = successor === undefined ? ({ kind: "withdraw" } as const) : ({ kind: "supersede", successor } as const);
    await applyTransition(tx, id, event, note);
  }
}
