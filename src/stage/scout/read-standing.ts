import type { Domain } from "../../contract/config.ts";
import { type Freshness, judgeFreshness } from "../../core/brief/judge-freshness.ts";
import { type LatestBrief, readLatestBrief } from "../../core/brief/latest-brief.ts";
import type { World } from "../../port/world.ts";
import { type GatheredInputs, gatherInputs } from "./gather-inputs.ts";

/** A domain's latest brief, its inputs as they are now, and whether the one still stands for the other (S1 to S3, S24). */
export interface Standing {
  readonly inputs: GatheredInputs;
  readonly latest: LatestBrief | undefined;
  readonly freshness: Freshness;
}

/** Looks and writes nothing; no model is called. */
export async function readStanding(world: World, domain: Domain): Promise<Standing> {
  const inputs = await gatherInputs(world, domain);
  const latest = await world.store.read((tx) => readLatestBrief(tx, domain.name));
  const now = world.clock.now();
  const freshness = judgeFreshness({ brief: latest?.brief, seen: latest?.parts, ...inputs, now });
  if (freshness.fresh && (await isJudgeBack(world, latest))) {
    return { inputs, latest, freshness: { fresh: false, reason: "its judgement could not be started, and can be now", changed: [] } };
  }
  return { inputs, latest, freshness };
}

/** Whether a model that could not even be started could be by now: that it can is the news. */
async function isJudgeBack(world: World, latest: LatestBrief | undefined): Promise<boolean> {
  const unstarted = latest?.brief.judgement?.trees.some(({ state, run }) => state === "failed" && run === undefined) ?? false;
  return unstarted && (await world.roles.ready("scout", latest?.brief.domain ?? "")).ok;
}
