import type { RepoHandle } from "../contract/config.ts";
import { exitCode, MosError } from "../contract/error.ts";
import type { World } from "../port/world.ts";

/** Every repository that landings go to, the operator's home last. */
export function listLanes(world: Pick<World, "workspace">): RepoHandle[] {
  return [...world.workspace.domains, world.workspace.operator].flatMap((domain) => [...domain.repos]);
}

/** The repository behind `music` or `music/app`. Throws `lane-unknown` (exit 3). */
export function findLane(world: World, lane: string): RepoHandle {
  const all = listLanes(world);
  const found = all.find((repo) => repo.lane === lane);
  if (found !== undefined) return found;
  throw new MosError({
    code: "lane-unknown",
    message: `There is no lane '${lane}'.`,
    hint: `The lanes are: ${all.map((repo) => repo.lane).join(", ")}.`,
    exit: exitCode.notFound,
  });
}
