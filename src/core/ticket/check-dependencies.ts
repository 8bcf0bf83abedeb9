import { MosError } from "../../contract/error.ts";
import type { Ticket } from "../../contract/ticket.ts";
import type { StoreReader } from "../../port/store.ts";
import { crossesSealedBorder, findCycle, listEdges } from "./resolve-dependency.ts";

/**
 * Refuses, when they are made, dependencies that could never be met or must not be (T3): on a ticket that does not exist,
 * across a sealed border, or in a circle. Throws `dependency-unknown`, `dependency-sealed`, `dependency-cycle`.
 *
 * @param ticket as it would be stored
 */
export async function checkDependencies(
  tx: StoreReader,
  ticket: Pick<Ticket, "id" | "domain" | "dependsOn" | "successor" | "provenance">,
  args: { sealedDomains: readonly string[]; checkBorder?: boolean },
): Promise<void> {
  if (ticket.dependsOn.length === 0 && ticket.successor === undefined) return;
  const byId = new Map((await tx.tickets.list()).map((other) => [other.id, other]));
  for (const id of ticket.dependsOn) {
    const dependency = byId.get(id);
    if (dependency === undefined && id !== ticket.id) throw unknownDependency(ticket.id, id);
    if (dependency === undefined || args.checkBorder === false) continue;
    if (crossesSealedBorder({ from: ticket.domain, to: dependency.domain, sealedDomains: args.sealedDomains }))
      throw sealedDependency(ticket, dependency);
  }
  const predecessor = byId.get(ticket.provenance.predecessor ?? "");
  const others = [...byId.values()].filter((other) => other.id !== ticket.id && other.id !== predecessor?.id);
  const chain = predecessor === undefined ? [] : [{ ...predecessor, successor: ticket.id }];
  const cycle = findCycle(listEdges([ticket, ...chain, ...others]));
  if (cycle !== undefined) throw dependencyCycle(cycle);
}

function unknownDependency(id: string, missing: string): MosError {
  return new MosError({
    code: "dependency-unknown",
    message: `${id} would depend on ${missing}, which does not exist (T3).`,
    hint: `File ${missing} first, or take it out of "dependsOn".`,
  });
}

function sealedDependency(ticket: { id: string; domain: string }, dependency: Ticket): MosError {
  return new MosError({
    code: "dependency-sealed",
    message: `${ticket.id} (${ticket.domain}) would depend on ${dependency.id} (${dependency.domain}) across a sealed border (T3).`,
    hint: `Take ${dependency.id} out of "dependsOn", and start ${ticket.id} yourself when it may go: mos ticket ready ${ticket.id}`,
  });
}

function dependencyCycle(cycle: readonly string[]): MosError {
  return new MosError({
    code: "dependency-cycle",
    message: `These tickets would wait for one another for ever: ${cycle.join(" → ")} (T3).`,
    hint: `Take one of them out of "dependsOn".`,
  });
}
