import type { Ticket } from "../../contract/ticket.ts";
import type { StoreReader, StoreWriter } from "../../port/store.ts";
import { applyTransition, getTicket, type TransitionNote } from "./apply-transition.ts";
import { createTicket } from "./create-ticket.ts";
import { type Failure, fileSuccessor } from "./file-successor.ts";

export type Superseded =
  | { readonly kind: "superseded"; readonly ticket: Ticket; readonly successor: Ticket }
  /** It is the operator's now: the bound is reached, or nothing changed since its predecessor. */
  | { readonly kind: "blocked"; readonly ticket: Ticket };

/**
 * After a failed verdict or check (T4), in the caller's transaction: files a successor that carries the findings,
 * supersedes the ticket with it, sends on to it those who wait, and makes it ready on the predecessor's authority; or
 * blocks the ticket for the operator. Throws as `applyTransition` does.
 */
export async function supersedeFailed(
  tx: StoreWriter,
  id: string,
  args: { failure: Failure; reworksMax: number; sealedDomains: readonly string[]; now: string; note: TransitionNote },
): Promise<Superseded> {
  const { failure, note } = args;
  const ticket = await getTicket(tx, id);
  const previous = await readFailure(tx, ticket.provenance.predecessor);
  const plan = fileSuccessor({ ticket, failure, reworksMax: args.reworksMax, ...(previous === undefined ? {} : { previous }) });
  const data = { ...note.data, findings: failure.findings, tree: failure.tree };
  if (plan.kind === "cause") {
    const event = { kind: "block" as const, causes: [plan.cause] };
    return { kind: "blocked", ticket: (await applyTransition(tx, id, event, { ...note, data })).ticket };
  }
  const successor = await createTicket(tx, {
    draft: plan.draft,
    prefix: id.slice(0, id.lastIndexOf("-")),
    provenance: plan.provenance,
    rework: plan.rework,
    sealedDomains: args.sealedDomains,
    now: args.now,
    actor: note.actor,
    reason: `comes after ${id}: ${note.reason}`,
  });
  const { ticket: superseded } = await applyTransition(tx, id, { kind: "supersede", successor: successor.id }, { ...note, data });
  const ready = await applyTransition(
    tx,
    successor.id,
    { kind: "ready" },
    { actor: note.actor, authority: id, reason: `comes after ${id}` },
  );
  return { kind: "superseded", ticket: superseded, successor: ready.ticket };
}

/** How a superseded ticket failed, as its event kept it. */
async function readFailure(tx: StoreReader, id: string | undefined): Promise<Failure | undefined> {
  if (id === undefined) return undefined;
  const data = (await tx.events({ ticket: id, kind: "ticket.superseded" })).at(-1)?.data;
  if (data === undefined || !Array.isArray(data.findings)) return undefined;
  return { findings: data.findings, tree: typeof data.tree === "string" ? data.tree : undefined };
}
