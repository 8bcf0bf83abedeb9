import type { Brief, Evidence } from "../contract/brief.ts";
import type { Domain } from "../contract/config.ts";
import type { World } from "../port/world.ts";
import { readStanding } from "../stage/scout/read-standing.ts";
import { chooseDomains } from "./check-wiki.ts";

/** `mos brief`: a domain's latest brief, and whether it still stands. */
export interface ShownBrief extends Brief {
  readonly fresh: boolean;
  /** Why it does not stand. */
  readonly stale?: string;
  readonly ageMs: number;
  /** All evidence of facts and questions, each line once. */
  readonly evidence: readonly Evidence[];
}

/** The latest brief of each domain, or of one; domains that were never briefed give none. Throws `domain-unknown`. */
export async function showBriefs(world: World, args: { domain?: string } = {}): Promise<ShownBrief[]> {
  const shown = await Promise.all(chooseDomains(world, args.domain).map((domain) => showBrief(world, domain)));
  return shown.flat();
}

async function showBrief(world: World, domain: Domain): Promise<ShownBrief[]> {
  const { latest, freshness } = await readStanding(world, domain);
  if (latest === undefined) return [];
  const now = world.clock.now();
  const { brief } = latest;
  return [
    {
      ...brief,
      fresh: freshness.fresh,
      ...(freshness.fresh ? {} : { stale: freshness.reason }),
      ageMs: Date.parse(now) - Date.parse(brief.at),
      evidence: listEvidence(brief),
    },
  ];
}

function listEvidence({ facts, decisions }: Brief): Evidence[] {
  const all = [...facts, ...decisions].flatMap((item) => item.evidence);
  return [...new Map(all.map((item) => [JSON.stringify(item), item])).values()];
}
