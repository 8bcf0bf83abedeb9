import { either, type Outcome } from "./reader.ts";
import type { ShellPlace, ShellWord } from "./shell-reading.ts";
import { joinPlaces, joinScopes, type ShellScope, type ShellValue, type ShellVariable } from "./shell-scope.ts";

/** Where `cd TARGET` leads: it succeeds into the folder, or fails and the folder stays. */
export function changeFolder({
  scope,
  target,
  cdPath = "",
  physical = false,
}: {
  scope: ShellScope;
  target: ShellWord;
  cdPath?: string;
  physical?: boolean;
}): Outcome {
  if (target.value === "") return { ...either(scope, ""), fail: undefined };
  const found: ShellPlace[] = [];
  const failed: ShellPlace[] = [];
  for (const place of scope.places) {
    const candidates = listCandidates(place.path, target.value, cdPath, physical);
    candidates.forEach((path, at) => {
      found.push({ path, lacks: [...place.lacks, ...candidates.slice(0, at).filter((earlier) => earlier !== undefined)] });
    });
    failed.push({ path: place.path, lacks: [...place.lacks, ...candidates.filter((path) => path !== undefined)] });
  }
  return { ok: moveTo(scope, joinPlaces(found, [])), fail: { ...scope, places: joinPlaces(failed, []) }, output: "" };
}

/** The scope in another folder: `$OLDPWD` is the one left. */
export function moveTo(scope: ShellScope, places: readonly ShellPlace[]): ShellScope {
  const variables = new Map(scope.variables);
  const left: ShellVariable = {
    values: scope.places.map((place): ShellValue => place.path ?? { unknown: "the folder is not known" }),
    exported: false,
  };
  variables.set("OLDPWD", left);
  variables.delete("PWD");
  return { ...scope, variables, places };
}

/** Goes to where a set of known paths leads, `cd -` and `popd`: any of them. */
export function returnTo(scope: ShellScope, places: readonly ShellPlace[]): Outcome {
  return { ok: moveTo(scope, places), fail: scope, output: "" };
}

/** `cd` and `env -C` once more: the scope where the folder was changed, whether or not that worked. */
export function enterFolder(scope: ShellScope, target: ShellWord): ShellScope {
  const moved = changeFolder({ scope, target, physical: true });
  return { ...(joinScopes(moved.ok, undefined) ?? scope), variables: scope.variables };
}

/** Absolute folders that bash tries, in order. Undefined is one that is not known. */
function listCandidates(from: string | undefined, target: string | undefined, cdPath: string, physical: boolean): (string | undefined)[] {
  if (target === undefined) return [undefined];
  const isSearched = cdPath !== "" && !/^\.{0,2}\//.test(target) && target !== "." && target !== "..";
  const bases = isSearched ? [...cdPath.split(":").map((base) => joinFolder(from, base || ".", physical)), from] : [from];
  return [...new Set(bases.map((base) => joinFolder(base, target, physical)))];
}

/** The path as `cd` writes it: `.` and `..` are taken out of the text, unless links are to be followed first. */
export function joinFolder(from: string | undefined, target: string, physical: boolean): string | undefined {
  const whole = target.startsWith("/") ? target : from === undefined ? undefined : `${from}/${target}`;
  if (whole === undefined) return undefined;
  if (physical) return whole.length > 1 ? whole.replace(/\/+/g, "/").replace(/(.)\/$/, "$1") : whole;
  const names: string[] = [];
  for (const name of whole.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}
