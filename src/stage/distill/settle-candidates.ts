import type { Candidate } from "../../contract/knowledge.ts";
import type { Ticket } from "../../contract/ticket.ts";
import type { StoreReader } from "../../port/store.ts";
import type { World } from "../../port/world.ts";

/**
 * Candidates whose librarian's ticket has come to its end: merged ones are written; those of a withdrawn ticket go to
 * the operator's review. The end of a chain of successors counts (T3). May be repeated; nothing ended: nothing written.
 */
export async function settleCandidates(world: World, args: { domain?: string } = {}): Promise<Candidate[]> {
  const where = { status: "ticketed" as const, ...args };
  const due = await world.store.read((tx) => findEnded(tx, where));
  if (due.length === 0) return [];
  return world.store.write(async (tx) => {
    const settled = await findEnded(tx, where);
    for (const candidate of settled) {
      await tx.candidates.put(candidate);
      const { id, domain, ticket, status, route } = candidate;
      const reason = status === "written" ? `${ticket} landed` : `${ticket} was withdrawn`;
      const named = ticket === undefined ? {} : { ticket };
      await tx.append({ kind: "candidate.settled", domain, ...named, actor: "mos", reason, data: { candidate: id, status, route } });
    }
    return settled;
  });
}

async function findEnded(tx: StoreReader, where: { status: "ticketed"; domain?: string }): Promise<Candidate[]> {
  const ended: Candidate[] = [];
  const known = new Map<string, Ticket | undefined>();
  for (const candidate of await tx.candidates.list(where)) {
    const id = candidate.ticket ?? "";
    if (!known.has(id)) known.set(id, await readLast(tx, id));
    const ticket = known.get(id);
    if (ticket?.status.state === "merged") ended.push({ ...candidate, status: "written", ticket: ticket.id });
    else if (ticket === undefined || isWithdrawn(ticket)) {
      ended.push({ ...candidate, status: "open", route: "review", reason: `${candidate.reason}; its ticket was withdrawn` });
    }
  }
  return ended;
}

async function readLast(tx: StoreReader, id: string): Promise<Ticket | undefined> {
  let ticket = await tx.tickets.get(id);
  for (let steps = 0; ticket?.successor !== undefined && steps < 100; steps += 1) ticket = await tx.tickets.get(ticket.successor);
  return ticket;
}

function isWithdrawn({ status }: Ticket): boolean {
  return status.state === "blocked" && status.causes.some((cause) => cause.kind === "withdrawn");
}
