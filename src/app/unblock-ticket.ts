import { MosError } from "../contract/error.ts";
import type { Cause, CauseKind } from "../contract/ticket.ts";
import { applyTransition, getTicket } from "../core/ticket/apply-transition.ts";
import { listCauses } from "../core/ticket/cause.ts";
import type { World } from "../port/world.ts";
import { summariseTicket, type TicketSummary } from "./list-tickets.ts";

/** What a person's word clears. A dependency clears when it merges; superseded and withdrawn never do (T2, T3). */
const clearedByOperator: ReadonlySet<CauseKind> = new Set([
  "operator",
  "question",
  "guard",
  "budget",
  "no-progress",
  "crash",
  "scope",
  "check",
  "verdict",
  "conflict",
  "capability",
]);

/**
 * The operator lets a ticket go on: every cause that a person may clear is cleared. It stays blocked while others remain.
 * Throws `nothing-to-unblock`, which names what it waits for.
 */
export async function unblockTicket(world: World, args: { id: string; reason?: string }): Promise<TicketSummary> {
  return await world.store.write(async (tx) => {
    const before = await getTicket(tx, args.id);
    const causes = listCauses(before).filter((cause) => clearedByOperator.has(cause.kind));
    if (causes.length === 0) throw nothingToUnblock(args.id, listCauses(before), before.successor);
    const note = { actor: "operator", authority: "operator", reason: args.reason ?? "unblocked by the operator" };
    const matches = causes.map(({ kind, ref }) => ({ kind, ref }));
    return summariseTicket((await applyTransition(tx, args.id, { kind: "clear", causes: matches }, note)).ticket);
  });
}

function nothingToUnblock(id: string, causes: readonly Cause[], successor: string | undefined): MosError {
  const code = "nothing-to-unblock";
  if (causes.length === 0)
    return new MosError({ code, message: `${id} is not blocked.`, hint: `See how it stands: mos ticket show ${id}` });
  if (causes.some((cause) => cause.kind === "withdrawn"))
    return new MosError({ code, message: `${id} is withdrawn, for good.`, hint: "File a new ticket: mos ticket new --file F" });
  if (successor !== undefined)
    return new MosError({
      code,
      message: `${id} is superseded, for good.`,
      hint: `Look at what came after it: mos ticket show ${successor}`,
    });
  const waits = causes.map((cause) => cause.ref ?? cause.clears).join(", ");
  return new MosError({
    code,
    message: `${id} waits for ${waits}. It resumes when that merges.`,
    hint: `Look there: mos ticket show ${causes[0]?.ref}`,
  });
}
