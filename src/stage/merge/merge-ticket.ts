import type { StageContext } from "../../port/ticket-stage.ts";
import type { World } from "../../port/world.ts";
import { landTicket } from "./land-ticket.ts";

/**
 * Lands the receipt that the gate carried, or says why not: main moved (the gate tests again), or the operator's working
 * tree holds edits that the landing would overwrite (the lane pauses, and goes on at the next run when they are gone).
 */
export async function mergeTicket(world: World, { ticket, repo, carried }: StageContext): Promise<void> {
  const { receipt } = carried;
  if (!receipt) throw new Error(`${ticket.id} comes to merge without a receipt`);
  delete carried.receipt;
  const result = await landTicket(world, { ticket, repo, receipt });
  if (result.kind === "landed" || result.kind === "moved") return;
  const paths = result.kind === "overlap" ? [...result.paths] : [];
  const reason =
    result.kind === "overlap"
      ? `${ticket.id} would overwrite your edits in ${result.checkout}: ${paths.join(", ")}. Commit or stash them, then: mos run`
      : `git is at work in ${result.checkout} (a lock file of its own lies in .git). When it has ended: mos run`;
  await world.store.write(async (tx) => {
    await tx.lanes.put({ id: repo.lane, paused: { by: "local-edits", reason, paths } });
    await tx.append({
      kind: "lane.paused",
      domain: repo.domain,
      ticket: ticket.id,
      actor: "mos",
      reason,
      data: { lane: repo.lane, paths },
    });
  });
}
