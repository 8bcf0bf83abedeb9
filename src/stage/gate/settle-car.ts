import type { Ticket } from "../../contract/ticket.ts";
import { excerptLog } from "../../core/gate/excerpt-log.ts";
import { applyTransition } from "../../core/ticket/apply-transition.ts";
import { supersedeFailed } from "../../core/ticket/supersede-failed.ts";
import type { World } from "../../port/world.ts";
import type { Unfit } from "./couple-car.ts";

/** Why the gate does not land a ticket: seen without a test, or after its retry and with main green without it. */
export type Refusal =
  | Unfit
  /** No test could be made of it, though one of main could. */
  | { readonly kind: "crash"; readonly reason: string; readonly clears: string };

/**
 * What becomes of a ticket that the gate does not land: blocked with what clears it, or superseded by a successor that carries
 * the findings (T4). One that went elsewhere meanwhile is left alone. May be repeated.
 */
export async function settleCar(world: World, args: { ticket: Ticket; refusal: Refusal }): Promise<void> {
  const { ticket, refusal } = args;
  const { limits } = world.workspace.config;
  const operator = `the operator looks at mos ticket show ${ticket.id}, then: mos ticket unblock ${ticket.id}`;
  await world.store.write(async (tx) => {
    const now = await tx.tickets.get(ticket.id);
    if (now?.status.state !== "verifying" || now.work?.commit !== ticket.work?.commit) return;
    const note = { actor: "mos", reason: describeRefusal(refusal).slice(0, 500) };
    await tx.append({
      kind: "gate.refused",
      domain: ticket.domain,
      ticket: ticket.id,
      actor: "mos",
      reason: note.reason,
      data: { result: refusal.kind, ...(refusal.kind === "red" ? { check: refusal.name, log: refusal.log } : {}) },
    });
    const block = (cause: { kind: "scope" | "check" | "crash"; ref?: string; clears: string; detail: string }) =>
      applyTransition(tx, ticket.id, { kind: "block", causes: [{ ...cause, detail: cause.detail.slice(0, 500) }] }, note);
    switch (refusal.kind) {
      case "stray":
        await block({ kind: "scope", clears: operator, detail: refusal.paths.join(", ") });
        return;
      case "refused":
        await block({ kind: "check", ref: "gate", clears: refusal.clears, detail: refusal.reason });
        return;
      case "crash":
        await block({ kind: "crash", clears: refusal.clears, detail: refusal.reason });
        return;
      default:
        await supersedeFailed(tx, ticket.id, {
          failure: { findings: [findingOf(refusal)], tree: ticket.work?.tree },
          reworksMax: limits.reworks,
          sealedDomains: world.workspace.domains.filter((domain) => domain.sealed).map((domain) => domain.name),
          now: world.clock.now(),
          note,
        });
    }
  });
}

function findingOf(refusal: Extract<Refusal, { kind: "red" | "conflict" }>) {
  if (refusal.kind === "conflict")
    return { point: "merges into main", kind: "conflict", evidence: `conflicts in ${refusal.paths.join(", ")}` };
  return { point: `${refusal.name} is green on the merged result`, kind: "check", evidence: refusal.detail };
}

function describeRefusal(refusal: Refusal): string {
  switch (refusal.kind) {
    case "conflict":
      return `conflicts with main in ${refusal.paths.join(", ")}`;
    case "stray":
      return `the merged result changes ${refusal.paths.join(", ")}, outside the declared paths`;
    case "red":
      return `${refusal.name} is red on the merged result: ${excerptLog(refusal.detail)}`;
    default:
      return refusal.reason;
  }
}
