import type { Verdict } from "../../contract/run.ts";
import type { Cause, Ticket } from "../../contract/ticket.ts";
import { applyTransition } from "../../core/ticket/apply-transition.ts";
import { supersedeFailed } from "../../core/ticket/supersede-failed.ts";
import type { World } from "../../port/world.ts";

/**
 * What follows a failed verdict. What strayed, or did what no ticket may, waits for the operator; what fell short of its
 * acceptance is superseded by a successor that carries the findings, up to the bound (T4). One transaction; may be repeated.
 */
export async function settleVerdict(world: World, { ticket }: { ticket: Ticket }): Promise<void> {
  const verdict = await world.store.read((tx) => tx.verdicts.get(ticket.verdict?.id ?? ""));
  if (!verdict) throw new Error(`the verdict of ${ticket.id} is not in the store`);
  const failed = verdict.points.filter((point) => !point.pass);
  const reason = failed
    .map((point) => `${point.point}: ${point.evidence}`)
    .join("; ")
    .slice(0, 500);
  const note = { actor: "mos", authority: verdict.id, reason };
  const causes = failed.flatMap((point) => causeOf(ticket, point));
  await world.store.write(async (tx) => {
    if (causes.length > 0) {
      await applyTransition(tx, ticket.id, { kind: "block", causes }, note);
      return;
    }
    await supersedeFailed(tx, ticket.id, {
      failure: { findings: failed.map(({ point, kind, evidence }) => ({ point, kind, evidence })), tree: ticket.work?.tree },
      reworksMax: world.workspace.config.limits.reworks,
      sealedDomains: world.workspace.domains.filter((domain) => domain.sealed).map((domain) => domain.name),
      now: world.clock.now(),
      note,
    });
  });
}

function causeOf(ticket: Ticket, point: Verdict["points"][number]): Cause[] {
  const clears = `the operator looks at mos ticket show ${ticket.id}, then withdraws it or files it anew`;
  const detail = point.evidence.slice(0, 500);
  switch (point.kind) {
    case "scope":
      return [{ kind: "scope", clears, detail }];
    case "forbidden-change":
    case "secret":
      return [{ kind: "guard", ref: point.kind, clears, detail }];
    default:
      return [];
  }
}
