import { exitCode, MosError } from "../../contract/error.ts";
import type { Event } from "../../contract/event.ts";
import type { Ticket, TicketState } from "../../contract/ticket.ts";
import type { StoreReader, StoreWriter } from "../../port/store.ts";
import { checkDependencies } from "./check-dependencies.ts";
import { type ResolvedDependency, resolveDependency } from "./resolve-dependency.ts";
import { settleDependants } from "./settle-dependants.ts";
import type { TicketEffect, TicketEvent, TransitionContext } from "./ticket-event.ts";
import { transition } from "./transition.ts";

/** Who, on whose authority, and why: what the log keeps with a transition (T6, I8). */
export interface TransitionNote {
  readonly actor: string;
  readonly authority?: string;
  readonly reason: string;
  /** Kept with the event; `state`, `version` and `epoch` are added. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** For an edit of `dependsOn`: the domains that no dependency may enter or leave. */
  readonly sealedDomains?: readonly string[];
}

export interface AppliedTransition {
  /** As stored now, with the transitions that followed from it. */
  readonly ticket: Ticket;
  /** Of the event itself. All are done but `file-successor`, which is the caller's (`fileSuccessorTicket`). */
  readonly effects: readonly TicketEffect[];
  readonly event: Event;
}

const eventKind: Readonly<Record<TicketEvent["kind"], string>> = {
  edit: "ticket.edited",
  ready: "ticket.ready",
  claim: "ticket.claimed",
  "take-over": "ticket.taken-over",
  "hand-in": "ticket.handed-in",
  revalidate: "ticket.revalidated",
  "replace-work": "ticket.handed-in",
  verdict: "ticket.verdict",
  land: "ticket.merged",
  block: "ticket.blocked",
  clear: "ticket.cleared",
  supersede: "ticket.superseded",
  withdraw: "ticket.withdrawn",
};

/**
 * The one way by which a stored ticket changes (T6): reads it, computes the next one, writes it by version, appends the
 * event, releases its lease where it holds none any more, and settles those who wait for it, all in the caller's
 * transaction. A crash leaves either all of it or nothing.
 *
 * Throws `ticket-not-found` (exit 3), and `ticket-refused` with the rule, the reason and the remedy.
 */
export async function applyTransition(tx: StoreWriter, id: string, event: TicketEvent, note: TransitionNote): Promise<AppliedTransition> {
  const before = await getTicket(tx, id);
  const context = await gatherContext(tx, before, event, note);
  const result = transition(before, event, context);
  if (result.kind === "refused") throw refusal(result);
  if (event.kind === "edit" || event.kind === "supersede")
    await checkDependencies(tx, result.ticket, { sealedDomains: note.sealedDomains ?? [], checkBorder: event.kind === "edit" });
  const saved = await tx.tickets.update(result.ticket, before.version);
  if (saved.kind === "stale") throw staleTicket(id);
  const logged = await appendEvent(tx, { before, after: result.ticket, event, note });
  let ticket = result.ticket;
  for (const effect of result.effects) {
    if (effect.kind === "release-lease") await tx.leases.remove(`ticket:${id}`);
    if (effect.kind === "clear-dependants")
      for (const { id: dependant, event: settling, reason } of settleDependants(await listConcerned(tx, id), id))
        await applyTransition(tx, dependant, settling, {
          actor: "mos",
          ...(note.authority === undefined ? {} : { authority: note.authority }),
          reason,
        });
    if (effect.kind === "block") {
      const reason = `waits for: ${effect.causes.map((cause) => cause.clears).join("; ")}`;
      ticket = (await applyTransition(tx, id, { kind: "block", causes: effect.causes }, { actor: "mos", reason })).ticket;
    }
  }
  return { ticket, effects: result.effects, event: logged };
}

/** All that may wait for `id`, and its chain of successors: never what is merged, which is most. */
async function listConcerned(tx: StoreReader, id: string): Promise<Ticket[]> {
  const concerned = new Map((await tx.tickets.list({ state: "blocked" })).map((ticket) => [ticket.id, ticket]));
  const seen = new Set<string>();
  for (let next: string | undefined = id; next !== undefined && !seen.has(next); next = concerned.get(next)?.successor) {
    seen.add(next);
    const ticket: Ticket | undefined = concerned.get(next) ?? (await tx.tickets.get(next));
    if (ticket !== undefined) concerned.set(next, ticket);
  }
  return [...concerned.values()];
}

/** The stored ticket. Throws `ticket-not-found` (exit 3). */
export async function getTicket(tx: StoreReader, id: string): Promise<Ticket> {
  const ticket = await tx.tickets.get(id);
  if (ticket !== undefined) return ticket;
  throw new MosError({
    code: "ticket-not-found",
    message: `There is no ticket ${id}.`,
    hint: "List them: mos ticket list",
    exit: exitCode.notFound,
  });
}

/** How each dependency of a ticket stands (T3). */
export async function resolveDependencies(tx: StoreReader, ticket: Pick<Ticket, "dependsOn">): Promise<ResolvedDependency[]> {
  const known = new Map<string, Ticket>();
  for (const first of ticket.dependsOn) {
    for (let id: string | undefined = first; id !== undefined && !known.has(id); ) {
      const found: Ticket | undefined = await tx.tickets.get(id);
      if (found !== undefined) known.set(id, found);
      id = found?.successor;
    }
  }
  return ticket.dependsOn.map((id) => resolveDependency(id, (key) => known.get(key)));
}

async function gatherContext(tx: StoreWriter, ticket: Ticket, event: TicketEvent, note: TransitionNote): Promise<TransitionContext> {
  const authority = note.authority === undefined ? {} : { authority: note.authority };
  switch (event.kind) {
    case "ready":
    case "claim":
    case "clear":
      return { ...authority, dependencies: await resolveDependencies(tx, ticket) };
    case "replace-work":
    case "verdict":
    case "block":
    case "supersede":
    case "withdraw":
      return { ...authority, landing: (await tx.landings.list()).some(({ receipt }) => receipt.tickets.includes(ticket.id)) };
    default:
      return authority;
  }
}

async function appendEvent(
  tx: StoreWriter,
  args: { before: Ticket; after: Ticket; event: TicketEvent; note: TransitionNote },
): Promise<Event> {
  const { before, after, event, note } = args;
  return await tx.append({
    kind: eventKind[event.kind],
    domain: after.domain,
    ticket: after.id,
    actor: note.actor,
    ...(note.authority === undefined ? {} : { authority: note.authority }),
    reason: note.reason,
    data: {
      ...note.data,
      ...describeEvent(event),
      from: nameState(before.status),
      to: nameState(after.status),
      version: after.version,
      epoch: after.epoch,
    },
  });
}

function describeEvent(event: TicketEvent): Record<string, unknown> {
  const { kind: _named, ...rest } = event;
  return rest;
}

/** `blocked:ready` for a blocked one: the log shows where it will return. */
function nameState(status: TicketState): string {
  return status.state === "blocked" ? `blocked:${status.from}` : status.state;
}

/** A refusal as the error that ends a command. */
export function refusal(refused: { rule: string; reason: string; remedy: string }): MosError {
  return new MosError({ code: "ticket-refused", message: `${refused.reason} (${refused.rule})`, hint: refused.remedy });
}

function staleTicket(id: string): MosError {
  return new MosError({
    code: "ticket-stale",
    message: `${id} was changed by another process meanwhile.`,
    hint: "Read it again and retry.",
  });
}
