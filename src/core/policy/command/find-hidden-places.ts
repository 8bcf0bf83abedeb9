import { normalisePath } from "../path/paths.ts";
import { findPlace } from "../path/place.ts";
import type { Arg } from "./arg.ts";
import type { CommandView } from "./command-view.ts";

const gitFile =
  /(?:^|\/)(objects\/info\/alternates|refs\/(heads|tags|remotes)\/.+|hooks\/[^/]+|packed-refs|config\.worktree|commondir|gitdir)$/;

/**
 * Closed places that an argument of unknown beginning plainly aims at: `$X/domains/trading/…` where X may be the root, what
 * `git rev-parse --git-path` prints, files that only a git folder has.
 */
export function findHiddenPlaces({ scene }: CommandView, arg: Arg): string[] {
  const { policy, worktree } = scene;
  const found: string[] = [];
  const git = `${worktree ?? policy.root}/.git`;
  if (/rev-parse\b.*--(absolute-)?git-(dir|path|common-dir)|--git-common-dir/.test(arg.text)) found.push(git);
  const suffix = arg.suffix;
  if (suffix === "") return found;
  if (gitFile.test(suffix)) found.push(`${git}/${suffix.replace(/^\/+/, "")}`);
  if (!suffix.startsWith("/")) return found;
  const aimed = normalisePath(policy.root + suffix);
  const { zone } = findPlace(scene, aimed);
  const deepEnough = suffix.split("/").length > 2 || suffix.startsWith("/.");
  if (deepEnough && (zone === "domain" || zone === "store" || zone === "guard-files" || zone === "other-worktree")) found.push(aimed);
  return found;
}
