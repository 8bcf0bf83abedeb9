import type { Act, RefAct } from "../../act.ts";
import { couldMatch } from "../../path/glob.ts";
import { type Arg, startOf } from "../arg.ts";

/** Where a push or fetch with this refspec writes; undefined where nothing is written. */
export function readRefspec(args: { arg: Arg; where: RefAct["where"]; kind: "push" | "fetch"; shown: string }): Act[] {
  const { arg, where, shown } = args;
  const text = startOf(arg).replace(/^\+/, "");
  const unknown: Act = { kind: "ref", ref: undefined, where, change: "move", shown };
  const colon = text.indexOf(":");
  if (arg.value === undefined && arg.glob === undefined) {
    // `HEAD:agent/x/$Y`: where it goes begins in a known way, and may still be anything.
    return [unknown, ...(arg.ifUnset === undefined ? [] : toActs(arg.ifUnset.replace(/^\+/, ""), args))];
  }
  if (text === ":" || text === "") return args.kind === "push" ? [unknown] : [];
  if (args.kind === "fetch" && (colon < 0 || colon === text.length - 1)) return [];
  return toActs(text, args);
}

function toActs(text: string, args: { where: RefAct["where"]; kind: "push" | "fetch"; shown: string }): Act[] {
  const { where, shown } = args;
  const colon = text.indexOf(":");
  const target = colon < 0 ? text : text.slice(colon + 1);
  const deletes = colon === 0;
  if (args.kind === "fetch" && isTracking(target)) return [];
  // A bare HEAD or @ pushes the branch that is checked out, whatever its name.
  if (/^(HEAD|@)?$/.test(target))
    return colon < 0
      ? [{ kind: "ref", ref: "HEAD", where, change: "move", shown }]
      : [{ kind: "ref", ref: undefined, where, change: "move", shown }];
  return [{ kind: "ref", ref: toFullRef(target), where, change: deletes ? "delete" : "move", shown }];
}

function isTracking(target: string): boolean {
  return target.startsWith("refs/remotes/") && !target.includes("..");
}

/** `heads/main`, `refs/heads/main` and `main` are the same; a pattern that could mean main is main. */
export function toFullRef(name: string): string {
  const ref = name.startsWith("refs/")
    ? name
    : name.startsWith("heads/")
      ? `refs/${name}`
      : name.startsWith("tags/")
        ? `refs/${name}`
        : `refs/heads/${name}`;
  if (ref.includes("*") && couldMatch(ref.replace("refs/heads/", ""), "main")) return "refs/heads/main";
  return ref;
}
