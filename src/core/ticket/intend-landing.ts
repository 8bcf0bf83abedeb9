import type { Landing } from "../../contract/run.ts";
import type { StoreWriter } from "../../port/store.ts";
import { getTicket, refusal } from "./apply-transition.ts";
import { transition } from "./transition.ts";

/**
 * Writes the intent to land, in the one transaction that sees that each of its tickets would land: under verification,
 * its exact work passed and is what was tested (I4), by the attempt that tested it (T5). From here until the intent is gone nothing but `land` ends
 * them (T6), so that main never holds what somebody gave up meanwhile.
 *
 * Throws `ticket-refused` and writes nothing when one of them has gone elsewhere.
 *
 * @param args.epochs  of each ticket, the attempt whose work was tested; left out where the landing belongs to no attempt
 */
export async function intendLanding(
  tx: StoreWriter,
  landing: Landing,
  args: { epochs?: Readonly<Record<string, number>> } = {},
): Promise<void> {
  const { receipt } = landing;
  for (const id of receipt.tickets) {
    const ticket = await getTicket(tx, id);
    const epoch = args.epochs?.[id];
    if (epoch !== undefined && ticket.epoch !== epoch) {
      const reason = `Attempt ${epoch} of ${id} would land, but attempt ${ticket.epoch} has taken over.`;
      throw refusal({ rule: "T5", reason, remedy: "Leave it: the latest attempt goes on." });
    }
    if (receipt.heads[id] !== ticket.work?.commit) {
      const reason = `What was tested of ${id} is ${receipt.heads[id]?.slice(0, 12) ?? "nothing"}, and its verdict is for ${ticket.work?.commit.slice(0, 12) ?? "nothing"}.`;
      throw refusal({ rule: "I4", reason, remedy: "Leave it: the gate tests what it is now." });
    }
    const result = transition(ticket, { kind: "land", commit: receipt.commit, receipt: receipt.id });
    if (result.kind === "refused") throw refusal(result);
  }
  await tx.landings.put(landing);
}
