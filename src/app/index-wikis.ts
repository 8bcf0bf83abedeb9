import type { SearchState } from "../port/search.ts";
import type { World } from "../port/world.ts";
import { chooseDomains } from "./check-wiki.ts";

/**
 * Brings the index of each wiki up to date, and computes vectors that are missing until the time is over; one domain after the
 * other, each in its own index. May be stopped and repeated at any time.
 *
 * @param args.vectorsOnly  nothing more is looked at where there is no embedder: whoever asks brings the words up to date
 */
export async function indexWikis(
  world: Pick<World, "search" | "workspace" | "signal">,
  args: { domain?: string; untilMs: number; vectorsOnly?: boolean; progress?: (state: SearchState) => void },
): Promise<SearchState[]> {
  const begunMs = performance.now();
  const states: SearchState[] = [];
  for (const { name } of chooseDomains(world, args.domain)) {
    if (args.vectorsOnly === true && states.at(-1)?.absent !== undefined) break;
    const untilMs = Math.max(0, args.untilMs - (performance.now() - begunMs));
    const { signal } = world;
    states.push(await world.search.index({ domain: name, untilMs, signal, ...(args.progress ? { progress: args.progress } : {}) }));
  }
  return states;
}
