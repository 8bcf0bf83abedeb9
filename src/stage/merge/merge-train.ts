import type { RepoHandle } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import type { TestedReceipt } from "../../contract/run.ts";
import { holdLane } from "../../core/lane/hold-lane.ts";
import type { World } from "../../port/world.ts";
import { landReceipt } from "./land-receipt.ts";

export type Merged =
  | { readonly kind: "landed" }
  /** Main, or one of the tickets, is no longer what was tested: the gate begins again. */
  | { readonly kind: "moved" }
  | { readonly kind: "paused" };

/**
 * Lands the receipt of a tested prefix, or says why not: main moved, a ticket went elsewhere, or the operator's working tree
 * holds edits that the landing would overwrite (the lane pauses, and goes on at the next run when they are gone).
 */
export async function mergeTrain(
  world: World,
  args: { repo: RepoHandle; receipt: TestedReceipt; epochs: Readonly<Record<string, number>> },
): Promise<Merged> {
  const { repo, receipt } = args;
  const names = receipt.tickets.join(", ");
  const result = await landReceipt(world, args).catch((cause: unknown) => {
    if (cause instanceof MosError && (cause.code === "ticket-refused" || cause.code === "ticket-stale")) return { kind: "moved" as const };
    throw cause;
  });
  if (result.kind === "landed" || result.kind === "moved") return result;
  if (result.kind === "held") return { kind: "paused" };
  const paths = result.kind === "overlap" ? [...result.paths] : [];
  const reason =
    result.kind === "overlap"
      ? `${names} would overwrite your edits in ${result.checkout}: ${paths.join(", ")}. Commit or stash them, then: mos run`
      : `git is at work in ${result.checkout} (a lock file of its own lies in .git). When it has ended: mos run`;
  await world.store.write(async (tx) => {
    await holdLane(tx, { lane: repo.lane, by: "local-edits", reason, paths });
    await tx.append({
      kind: "lane.paused",
      domain: repo.domain,
      actor: "mos",
      reason,
      data: { lane: repo.lane, paths, tickets: receipt.tickets },
      ...(receipt.tickets.length === 1 && receipt.tickets[0] !== undefined ? { ticket: receipt.tickets[0] } : {}),
    });
  });
  return { kind: "paused" };
}
