import type { Brief } from "../../contract/brief.ts";
import type { Domain } from "../../contract/config.ts";
import { computeFreshUntil } from "../../core/brief/compute-fresh-until.ts";
import type { World } from "../../port/world.ts";
import { readChecks } from "./read-checks.ts";
import { readTickets } from "./read-tickets.ts";
import { gatherFacts, type ScoutTools } from "./write-brief.ts";

/**
 * A brief with its facts as they are now. Its age stays: nobody was briefed anew. The changes that it told of stay told.
 * Where no head moved only tickets and checks are looked at again. Writes nothing.
 */
export async function retakeBrief(
  world: World,
  args: { domain: Domain; brief: Brief; heads: Readonly<Record<string, string>>; tools: ScoutTools },
): Promise<Brief> {
  const { domain, brief, heads, tools } = args;
  const names = new Set([...Object.keys(heads), ...Object.keys(brief.heads)]);
  if ([...names].every((name) => heads[name] === brief.heads[name])) {
    const taken = await world.store.read(async (tx) => [
      ...(await readChecks(tx, { domain, heads })),
      ...readTickets(await tx.tickets.list({ domain: domain.name })),
    ]);
    return { ...brief, facts: [...brief.facts.filter(({ kind }) => kind !== "ticket" && kind !== "check"), ...taken] };
  }
  const { facts, decisions, moments, complete } = await gatherFacts(world, { domain, inputs: { heads }, previous: brief, tools });
  const told = brief.facts.filter((fact) => fact.kind === "change");
  const now = world.clock.now();
  const freshUntil = complete ? computeFreshUntil({ at: brief.at, now, maxAgeHours: domain.rhythm.maxAgeHours, moments }) : brief.at;
  return { ...brief, heads: { ...heads }, facts: [...facts, ...told], decisions, freshUntil };
}
