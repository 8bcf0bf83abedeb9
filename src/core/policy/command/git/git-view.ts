import type { Act } from "../../act.ts";
import { type Arg, startOf } from "../arg.ts";
import { type CommandView, unclear, usePath } from "../command-view.ts";
import type { ReadArgs } from "../read-options.ts";

export interface GitView extends CommandView {
  /** `push`, `update-ref`. */
  readonly verb: string;
  /** Behind the verb. */
  readonly args: readonly Arg[];
}

/** The repository in which the command finds itself is changed. */
export function repositoryActs(view: CommandView): Act[] {
  return view.places.map(
    (place): Act =>
      place.path === undefined
        ? unclear(view, "its folder is not known")
        : { kind: "repository", folder: place.path, shown: view.shown, ...(place.lacks.length > 0 ? { unless: place.lacks } : {}) },
  );
}

/** A revision is no path, `main:../x` neither; what is rooted, climbs or stands behind `--` is. */
export function isPathWord(arg: Arg, at: number, read: ReadArgs): boolean {
  const start = startOf(arg);
  if (read.endAt !== undefined && at >= read.endAt) return true;
  return /^([/~]|\.\.?(\/|$))/.test(start) && !/^\.\.\.?\w/.test(start);
}

/** A remote by its name, by a path or by a URL; `ext::` runs a command. */
export function remoteTarget(view: GitView, arg: Arg): Act[] {
  const start = startOf(arg);
  if (/^(ext|fd|testgit)::|::/.test(start)) return [{ kind: "deed", deed: "change-remote", shown: view.shown }];
  if (/^file:/i.test(start) || /^([/~]|\.\.?(\/|$))/.test(start)) return usePath(view, arg, { access: "read", deep: true });
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(start)) return [{ kind: "address", url: start, sends: false, shown: arg.text }];
  if (/^[^/\s]+:.+/.test(start)) return [{ kind: "address", url: `ssh://${start.split(":")[0]}`, sends: false, shown: arg.text }];
  if (arg.value === undefined) return usePath(view, arg, { access: "read", deep: true });
  return start.includes("/") ? usePath(view, arg, { access: "read", deep: true }) : [];
}

/** Long options may be shortened as long as they are clear: `--no-v`. */
export function skipsHooks(view: GitView, read: ReadArgs): boolean {
  return read.options.some(({ name }) => (name.length > 5 && "--no-verify".startsWith(name)) || (name === "-n" && view.verb === "commit"));
}

export function toRefAct(arg: Arg, view: GitView, change: "new" | "move" | "delete" | "checkout"): Act {
  const name = arg.value;
  const ref = name === undefined ? undefined : name.startsWith("refs/") ? name : `refs/heads/${name.replace(/^heads\//, "")}`;
  return { kind: "ref", ref, where: "here", change, shown: view.shown };
}
