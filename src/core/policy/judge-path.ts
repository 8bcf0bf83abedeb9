import type { GuardName, PathFact } from "../../contract/policy.ts";
import type { PathAct } from "./act.ts";
import { askedOf, lastName, pathLengthMax } from "./asked-path.ts";
import { isInside, normalisePath, parentOf } from "./path/paths.ts";
import { findPlace } from "./path/place.ts";
import { quote, sayWhereToWork } from "./rule/advice.ts";
import type { Objection, SeenPath } from "./rule/rule.ts";
import { pathRules } from "./rule/table.ts";
import type { Scene } from "./scene.ts";

interface PathDenial {
  readonly rule: { readonly id: string; readonly guard: GuardName };
  readonly objection: Objection;
}

/** A path is judged where the kernel says it lies, and where its text says. Either is enough to refuse. */
export function judgePath(act: PathAct, scene: Scene): PathDenial | undefined {
  if (act.unless !== undefined && act.unless.length > 0 && cannotFail(act.unless, scene)) return undefined;
  if (act.path.length > pathLengthMax) return unknownToKernel(act, scene, undefined);
  const fact = scene.facts.get(askedOf(act));
  if (fact === undefined) return unknownToKernel(act, scene, fact);
  for (const seen of listViews(act, fact, scene)) {
    for (const rule of pathRules) {
      const objection = rule.judge(act, seen, scene);
      if (objection) return { rule, objection: seen.named === undefined ? objection : tellOfLink(objection, act) };
    }
  }
  return fact.kind === "unreadable" ? unknownToKernel(act, scene, fact) : undefined;
}

/** `cd` into folders that are there does not fail, so the place without it need not be judged. */
function cannotFail(folders: readonly string[], scene: Scene): boolean {
  return folders.every((folder) => scene.facts.get(folder)?.kind === "folder");
}

function listViews(act: PathAct, fact: PathFact, scene: Scene): SeenPath[] {
  const name = lastName(act);
  const resolved = normalisePath(name === undefined ? fact.path : `${fact.path}/${name}`);
  const text = normalisePath(act.path);
  // What is said of the folder around says nothing of the name that is not followed.
  const unsaid: PathFact = { ...fact, kind: "other", links: 1 };
  const known = name === undefined ? fact : unsaid;
  const views: SeenPath[] = [];
  if (passesProcess(act.path)) views.push({ path: text, place: { zone: "process" }, fact: unsaid });
  const place = findPlace(scene, resolved);
  if (text === resolved) return [...views, { path: resolved, place, fact: known }];
  const named = findPlace(scene, text);
  // A workspace that is reached under another name (a link above it) is seen by what the kernel says alone.
  if (isInside(text, scene.policy.root) || named.zone === "process" || named.zone === "domain")
    views.push({ path: text, place: named, fact: unsaid });
  return [...views, { path: resolved, place, fact: known, named: text }];
}

/** Whether the kernel would walk through `/proc/…` on the way, `..` afterwards or not. */
function passesProcess(path: string): boolean {
  if (!path.includes("/proc/") || !path.includes("..")) return false;
  const at = path.lastIndexOf("/..");
  for (let end = path.indexOf("/", 1); end >= 0 && end <= at; end = path.indexOf("/", end + 1)) {
    if (isInside(normalisePath(path.slice(0, end)), "/proc")) return true;
  }
  return false;
}

function unknownToKernel(act: PathAct, scene: Scene, fact: PathFact | undefined): PathDenial {
  return {
    rule: { id: "P1.1", guard: "boundary-guard" },
    objection: {
      reason: `${quote(act.shown)}: where this path leads is ${fact === undefined ? "not known" : "not to be found out"}, and what is not known is refused.`,
      remedy: `${sayWhereToWork(scene)}, with plain paths.`,
    },
  };
}

function tellOfLink(objection: Objection, act: PathAct): Objection {
  return {
    ...objection,
    reason: `${quote(parentOf(act.path) === act.path ? act.path : act.shown)} leads elsewhere through a link. ${objection.reason}`,
  };
}
