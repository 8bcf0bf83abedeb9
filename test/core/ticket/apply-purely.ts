import type { Ticket } from "../../../src/contract/ticket.ts";
import { resolveDependency } from "../../../src/core/ticket/resolve-dependency.ts";
import { settleDependants } from "../../../src/core/ticket/settle-dependants.ts";
import type { TicketEvent } from "../../../src/core/ticket/ticket-event.ts";
import type { transition } from "../../../src/core/ticket/transition.ts";

export type Transition = typeof transition;

export interface Step {
  readonly before: Ticket;
  readonly event: TicketEvent;
  readonly after: Ticket;
}

export type PureResult =
  | { readonly kind: "next"; readonly tickets: readonly Ticket[]; readonly steps: readonly Step[]; readonly released: readonly string[] }
  | { readonly kind: "refused"; readonly rule: string };

/** What `applyTransition` does in a transaction, on a plain list, with whatever transition is given. */
export function applyPurely(
  tickets: readonly Ticket[],
  args: { id: string; event: TicketEvent; transition: Transition; landing?: boolean; authority?: string },
): PureResult {
  const before = tickets.find((ticket) => ticket.id === args.id);
  if (before === undefined) return { kind: "refused", rule: "T8" };
  const dependencies = before.dependsOn.map((id) => resolveDependency(id, (key) => tickets.find((ticket) => ticket.id === key)));
  const result = args.transition(before, args.event, {
    dependencies,
    landing: args.landing ?? false,
    ...(args.authority === undefined ? {} : { authority: args.authority }),
  });
  if (result.kind === "refused") return result;
  let now: readonly Ticket[] = tickets.map((ticket) => (ticket.id === args.id ? result.ticket : ticket));
  const steps: Step[] = [{ before, event: args.event, after: result.ticket }];
  const released: string[] = [];
  const follow = (id: string, event: TicketEvent): void => {
    const next = applyPurely(now, { id, event, transition: args.transition });
    // As in the store: what cannot follow undoes the whole transaction.
    if (next.kind === "refused") throw new Error(`${id} refused ${event.kind}, which had to follow (${next.rule})`);
    now = next.tickets;
    steps.push(...next.steps);
    released.push(...next.released);
  };
  for (const effect of result.effects) {
    if (effect.kind === "release-lease") released.push(args.id);
    if (effect.kind === "block") follow(args.id, effect);
    if (effect.kind === "clear-dependants") for (const { id, event } of settleDependants(now, args.id)) follow(id, event);
  }
  return { kind: "next", tickets: now, steps, released };
}
