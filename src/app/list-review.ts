import type { Candidate } from "../contract/knowledge.ts";
import type { World } from "../port/world.ts";
import { settleCandidates } from "../stage/distill/settle-candidates.ts";
import { chooseDomains } from "./check-wiki.ts";

/** `mos review list`: what waits for the operator, with both sides of a contradiction (`against`). */
export async function listReview(world: World, args: { domain?: string } = {}): Promise<Candidate[]> {
  const names = new Set(chooseDomains(world, args.domain).map((domain) => domain.name));
  await settleCandidates(world, args);
  const open = await world.store.read((tx) => tx.candidates.list({ status: "open" }));
  return open.filter((candidate) => candidate.route === "review" && names.has(candidate.domain));
}
