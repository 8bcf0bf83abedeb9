import type { Access, Act } from "../act.ts";
import { splitGlob } from "../path/glob.ts";
import { expandTilde, joinPath } from "../path/paths.ts";
import type { Scene } from "../scene.ts";
import type { ShellCommand, ShellPlace } from "../shell/shell-reading.ts";
import { readFileUrl, toGlobActs } from "../tool/to-path-act.ts";
import { type Arg, plainArg } from "./arg.ts";
import { findHiddenPlaces } from "./find-hidden-places.ts";

/** One simple command, with what readers of commands need of it. */
export interface CommandView {
  readonly scene: Scene;
  readonly command: ShellCommand;
  readonly all: readonly ShellCommand[];
  readonly program: string;
  /** Without the program's own word. */
  readonly args: readonly Arg[];
  readonly places: readonly ShellPlace[];
  readonly shown: string;
}

const streamLinesMax = 100;

export interface PathUse {
  readonly access: Access;
  readonly deep?: boolean;
  readonly unfollowed?: boolean;
}

/** The acts of using one argument as a path, in each place where the command may run. */
export function usePath(view: CommandView, arg: Arg, use: PathUse): Act[] {
  if (arg.value === "" && !arg.unknown) return [];
  // It may be a list of files: what such a line names is used as the stream is.
  if (arg.stream) return arg.stream.slice(0, streamLinesMax).flatMap((line) => usePath(view, plainArg(line), use));
  return view.places.flatMap((place) => {
    const folder = place.path;
    if (folder === undefined) return isRooted(arg) ? useIn(view, arg, use, "/", place) : [unclear(view, "its folder is not known")];
    return useIn(view, arg, use, folder, place);
  });
}

function isRooted(arg: Arg): boolean {
  return (arg.value ?? arg.prefix).startsWith("/");
}

function useIn(view: CommandView, arg: Arg, use: PathUse, folder: string, place: ShellPlace): Act[] {
  const { home } = view.scene.policy;
  const shared = {
    access: use.access,
    deep: use.deep ?? false,
    ...(use.unfollowed ? { unfollowed: true } : {}),
    ...(place.lacks.length > 0 ? { unless: place.lacks } : {}),
    shown: arg.text,
  };
  const one = (text: string): Act => ({ kind: "path", path: joinPath(folder, readFileUrl(text) ?? expandTilde(text, home)), ...shared });
  if (arg.value !== undefined) return isStandardStream(arg.value) ? [] : [one(arg.value)];
  if (arg.glob !== undefined) {
    return toGlobActs({ pattern: arg.glob, cwd: folder, home, access: use.access, shown: arg.text }).map((act) => ({
      ...act,
      ...shared,
      path: dropEscapes(act),
    }));
  }
  const acts: Act[] = [unclear(view, `${arg.text} is not known`)];
  if (arg.ifUnset !== undefined && arg.ifUnset !== "") acts.push(one(arg.ifUnset));
  const end = arg.prefix.lastIndexOf("/");
  if (end >= 0 || arg.prefix.startsWith("~")) {
    const { start } = splitGlob(joinPath(folder, expandTilde(arg.prefix.slice(0, Math.max(end, 1)) || "/", home)));
    acts.push({
      kind: "path",
      path: start,
      ...shared,
      deep: false,
      glob: [end >= 0 && end < arg.prefix.length - 1 ? `${arg.prefix.slice(end + 1)}*` : "**"],
    });
  }
  return [...acts, ...findHiddenPlaces(view, arg).map(one)];
}

function dropEscapes(act: Act): string {
  return act.kind === "path" ? act.path.replace(/\\(.)/g, "$1") : "";
}

export function unclear(view: CommandView, why: string): Act {
  return { kind: "unclear", shown: view.shown, why };
}

function isStandardStream(path: string): boolean {
  return path === "-" || /^\/dev\/(stdin|stdout|stderr|null|zero|full|tty|u?random|fd\/[012])$/.test(path);
}
