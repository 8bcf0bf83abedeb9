import { couldReach } from "../path/glob.ts";
import { isInside, relativeTo } from "../path/paths.ts";
import type { Scene } from "../scene.ts";
import { quote, sayWhereToWork } from "./advice.ts";
import type { PathRule } from "./rule.ts";

/** A folder above a silo reads the silo: a search, a copy or a pattern is judged by all that it could reach. */
export const searchOwnFoldersOnly: PathRule = {
  id: "P3.8",
  guard: "boundary-guard",
  judge(act, { path }, scene) {
    if (!act.deep && act.glob === undefined) return undefined;
    const closed = listClosed(scene).find((place) => isInside(place, path) && reaches(act.glob, relativeTo(path, place)));
    if (closed === undefined) return undefined;
    return {
      reason: `${quote(act.shown)} reaches down into folders that are not yours.`,
      remedy: `${sayWhereToWork(scene)} and search there ("." or a folder of yours).`,
    };
  },
};

function reaches(glob: readonly string[] | undefined, below: string): boolean {
  return glob === undefined || couldReach(glob, below);
}

function listClosed(scene: Scene): string[] {
  const { policy } = scene;
  const foreign = policy.domains.filter((domain) => domain !== scene.own).flatMap((domain) => domain.repos.map((repo) => repo.path));
  return [policy.root, policy.home, policy.stateDir, "/proc", ...foreign];
}
