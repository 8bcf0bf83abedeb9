import type { Access, Act } from "../act.ts";
import { expandBraces, hasGlob, splitGlob } from "../path/glob.ts";
import { expandTilde, joinPath } from "../path/paths.ts";

/** A text that is one path, as it stands in a tool's field: `~`, `file://` and relative ones too. No patterns. */
export function toPathAct(args: { text: string; cwd: string; home: string; access: Access; deep: boolean }): Act[] {
  const text = args.text.trim();
  if (text === "") return [];
  const address = /^([a-z][a-z0-9+.-]+):\/\//i.exec(text);
  if (address && !/^file$/i.test(address[1] as string)) return [{ kind: "address", url: text, sends: false, shown: text }];
  const plain = readFileUrl(text) ?? text;
  const one = (path: string): Act => ({
    kind: "path",
    path: joinPath(args.cwd, expandTilde(path, args.home)),
    access: args.access,
    deep: args.deep,
    shown: text,
  });
  // Some tools take a space at the end literally, others trim it: both are judged.
  return args.text === text ? [one(plain)] : [one(plain), one(args.text)];
}

/** `file:///a%20b` → `/a b`; undefined for what is no such URL. */
export function readFileUrl(text: string): string | undefined {
  const found = /^file:\/*(?=\/|[^/])/i.exec(text);
  if (!found) return undefined;
  const rest = text
    .slice(found[0].length)
    .replace(/[?#].*$/, "")
    .replace(/^localhost(?=\/)/i, "");
  const path = rest.startsWith("/") ? rest : `/${rest}`;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A pattern: judged by the folder where it starts and by what it could match. Braces are taken apart first. */
export function toGlobActs(args: { pattern: string; cwd: string; home: string; access: Access; shown?: string }): Act[] {
  return expandBraces(args.pattern).map((pattern): Act => {
    const whole = joinPath(args.cwd, expandTilde(pattern, args.home));
    const { start, rest } = splitGlob(whole);
    const shown = args.shown ?? args.pattern;
    if (!hasGlob(pattern)) return { kind: "path", path: whole, access: args.access, deep: false, shown };
    // `..` behind a pattern leads anywhere: it is judged as a path of its own.
    const back = rest.lastIndexOf("..");
    if (back >= 0)
      return {
        kind: "path",
        path: `${start}${"/..".repeat(rest.filter((part) => part === "..").length)}`,
        access: args.access,
        deep: true,
        shown,
      };
    return { kind: "path", path: start === "" ? "/" : start, access: args.access, deep: false, glob: rest, shown };
  });
}
