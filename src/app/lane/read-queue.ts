import type { RepoHandle } from "../../contract/config.ts";
import type { Lease } from "../../contract/run.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { hasPassed } from "../../core/lane/has-passed.ts";
import { compareTurn } from "../../core/schedule/compare-turn.ts";
import type { StoreReader } from "../../port/store.ts";

/** From this priority on a ticket goes before all others (G6). */
export const urgentFrom = 100;

/**
 * The tickets that wait before a lane's gate, in the order in which to land them: verified, held by no worker that lives. Nothing
 * of this is stored; a worker that died after its verdict has left its ticket here.
 */
export async function readQueue(
  tx: StoreReader,
  args: { repo: Pick<RepoHandle, "domain" | "name">; isAlive: (lease: Lease) => boolean; mayLand: (ticket: Ticket) => boolean },
): Promise<Ticket[]> {
  const queued: Ticket[] = [];
  for (const ticket of await tx.tickets.list({ domain: args.repo.domain, state: "verifying" })) {
    if (ticket.repo !== args.repo.name || !hasPassed(ticket) || !args.mayLand(ticket)) continue;
    const lease = await tx.leases.get(`ticket:${ticket.id}`);
    if (lease === undefined || !args.isAlive(lease)) queued.push(ticket);
  }
  return queued.sort(compareTurn);
}
