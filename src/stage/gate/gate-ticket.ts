import type { Ticket } from "../../contract/ticket.ts";
import { adoptCommand, findTip, receiptsCheck } from "../../core/gate/find-tip.ts";
import { applyTransition } from "../../core/ticket/apply-transition.ts";
import { supersedeFailed } from "../../core/ticket/supersede-failed.ts";
import type { StageContext } from "../../port/ticket-stage.ts";
import type { World } from "../../port/world.ts";
import { type GateResult, testLanding } from "./test-landing.ts";

/**
 * The gate, for one verified ticket, under its lane's lease: main's tip must be owned (G7), then the merged result is
 * tested. Green carries a receipt to `merge`; everything else settles the ticket or pauses the lane.
 */
export async function gateTicket(world: World, context: StageContext): Promise<void> {
  const { ticket, repo, carried } = context;
  const tip = await findTip(world.git.at(repo.path), repo);
  const mends = ticket.repairs === receiptsCheck && tip.kind === "foreign" && tip.owned !== undefined;
  if (tip.kind !== "owned" && !mends) {
    await pauseForForeignTip(world, context, tip.kind === "foreign" ? tip.commit : undefined);
    return;
  }
  const result = await testLanding(world, {
    ...context,
    base: tip.commit,
    ...(tip.kind === "foreign" && tip.owned ? { from: tip.owned } : {}),
  });
  carried.builds += result.builds;
  if (result.kind === "green") carried.receipt = result.receipt;
  else await settleGate(world, { ticket, lane: repo.lane, base: tip.commit, result });
}

async function pauseForForeignTip(world: World, { repo, ticket }: StageContext, tip: string | undefined): Promise<void> {
  const reason = tip
    ? `${repo.branch} of ${repo.lane} is at ${tip.slice(0, 12)}, which no receipt covers: ${adoptCommand(repo)}`
    : `${repo.lane} has no ${repo.branch}: restore the branch`;
  await world.store.write(async (tx) => {
    await tx.lanes.put({ id: repo.lane, paused: { by: "foreign-tip", reason, paths: [] } });
    await tx.append({
      kind: "lane.paused",
      domain: repo.domain,
      ticket: ticket.id,
      actor: "mos",
      reason,
      data: { lane: repo.lane, tip: tip ?? null },
    });
  });
}

async function settleGate(
  world: World,
  args: { ticket: Ticket; lane: string; base: string; result: Exclude<GateResult, { kind: "green" }> },
): Promise<void> {
  const { ticket, lane, base, result } = args;
  const operator = `the operator looks at mos ticket show ${ticket.id}, then: mos ticket unblock ${ticket.id}`;
  await world.store.write(async (tx) => {
    const note = { actor: "mos", reason: describe(result).slice(0, 500) };
    await tx.append({
      kind: "gate.refused",
      domain: ticket.domain,
      ticket: ticket.id,
      actor: "mos",
      reason: note.reason,
      data: { result: result.kind },
    });
    switch (result.kind) {
      case "stray":
        await applyTransition(
          tx,
          ticket.id,
          { kind: "block", causes: [{ kind: "scope", clears: operator, detail: result.paths.join(", ").slice(0, 500) }] },
          note,
        );
        return;
      case "refused":
        await applyTransition(
          tx,
          ticket.id,
          { kind: "block", causes: [{ kind: "check", ref: "gate", clears: result.clears, detail: result.reason.slice(0, 500) }] },
          note,
        );
        return;
      case "base-red":
        await tx.notes.put({ id: `base:${lane}`, value: { commit: base, green: false, name: result.name } });
        await applyTransition(
          tx,
          ticket.id,
          {
            kind: "block",
            causes: [
              {
                kind: "check",
                ref: "base",
                clears: `${result.name} is green on main without it, then: mos ticket unblock ${ticket.id}`,
                detail: result.detail.slice(0, 500),
              },
            ],
          },
          note,
        );
        return;
      default:
        await supersedeFailed(tx, ticket.id, {
          failure: { findings: [findingOf(result)], tree: ticket.work?.tree },
          reworksMax: world.workspace.config.limits.reworks,
          sealedDomains: world.workspace.domains.filter((domain) => domain.sealed).map((domain) => domain.name),
          now: world.clock.now(),
          note,
        });
    }
  });
}

function findingOf(result: Extract<GateResult, { kind: "red" | "conflict" }>) {
  if (result.kind === "conflict")
    return { point: "merges into main", kind: "conflict", evidence: `conflicts in ${result.paths.join(", ")}` };
  return { point: `${result.name} is green on the merged result`, kind: "check", evidence: result.detail };
}

function describe(result: Exclude<GateResult, { kind: "green" }>): string {
  switch (result.kind) {
    case "conflict":
      return `conflicts with main in ${result.paths.join(", ")}`;
    case "stray":
      return `the merged result changes ${result.paths.join(", ")}, outside the declared paths`;
    case "red":
      return `${result.name} is red on the merged result: ${result.detail}`;
    case "base-red":
      return `${result.name} is red on main itself: ${result.detail}`;
    default:
      return result.reason;
  }
}
