import type { Brief, Fact } from "../../contract/brief.ts";
import type { Domain } from "../../contract/config.ts";
import { computeFreshUntil } from "../../core/brief/compute-fresh-until.ts";
import type { World } from "../../port/world.ts";
import { carryJudged, digestTold, sayUnjudged } from "./judge-domain.ts";
import { readChecks } from "./read-checks.ts";
import { readTickets } from "./read-tickets.ts";
import { boundFreshness, gatherFacts, joinJudged, type ScoutTools } from "./write-brief.ts";

/**
 * A brief with its facts as they are now. Its age stays: nobody was briefed anew. The changes that it told of stay told, and so
 * does what a model said, where its evidence still stands: none is asked. Where no head moved only tickets and checks are
 * looked at again. Writes nothing.
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
    const facts = [...brief.facts.filter(({ kind }) => kind !== "ticket" && kind !== "check"), ...taken];
    return tellAgain({ ...brief, facts }, { facts, decisions: brief.decisions });
  }
  const gathered = await gatherFacts(world, { domain, inputs: { heads }, previous: brief, tools });
  const told = brief.facts.filter(({ kind, judged }) => kind === "change" && judged === undefined);
  const kept = await carryAll(brief, { ...gathered, heads });
  const { facts, decisions } = joinJudged(gathered, kept);
  const now = world.clock.now();
  const { judgement } = brief;
  const bounds = boundFreshness(domain, gathered.moments, judgement === undefined ? undefined : { judgement });
  const freshUntil = gathered.complete ? computeFreshUntil({ at: brief.at, now, ...bounds }) : brief.at;
  return tellAgain({ ...brief, heads: { ...heads }, facts: [...facts, ...told], decisions, freshUntil }, gathered);
}

/** What a model would be told now was the session's own doing: no news to it. */
function tellAgain(brief: Brief, found: Parameters<typeof digestTold>[0]): Brief {
  return brief.judgement === undefined ? brief : { ...brief, judgement: { ...brief.judgement, told: digestTold(found) } };
}

async function carryAll(brief: Brief, found: Parameters<typeof carryJudged>[2]): Promise<Awaited<ReturnType<typeof carryJudged>>> {
  if (brief.judgement === undefined) return { facts: [], decisions: [] };
  const kept = await Promise.all(brief.judgement.trees.map(({ repo }) => carryJudged(brief, repo, found)));
  const facts: Fact[] = [...kept.flatMap((one) => one.facts), ...sayUnjudged(brief.judgement)];
  return { facts, decisions: kept.flatMap((one) => one.decisions) };
}
