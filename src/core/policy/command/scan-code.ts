import type { Act } from "../act.ts";
import { expandTilde, isInside, joinPath, normalisePath, systemRoot } from "../path/paths.ts";
import { findPlace } from "../path/place.ts";
import type { Scene } from "../scene.ts";
import { readFileUrl } from "../tool/to-path-act.ts";

const quoted = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g;
const doubleQuoted = /"((?:[^"\\\n]|\\.)*)"/g;
const sedFiles = /(?:^|[;{}\s/0-9$|,#])[rRwW]\s*((?:[/~.])[^\s;}]*)/g;
const looseTokens = /(?<![\w./-])(?:~\/|\.{1,2}\/|\/)[^\s"'`<>|;,()\\]*/g;
const writing =
  /writ|append|unlink|remove|rmdir|rmtree|\brm\b|mkdir|rename|copy|move|symlink|link|truncate|chmod|chown|exec|spawn|system|popen|dump|save|touch|open\s*\([^)]*,\s*['"][rb]*[wax+]|>/i;

const touching = /open|read|writ|file|exec|spawn|system|load|stat\b|list|glob|walk|chdir|unlink|copy|import\(/i;
const talking = /socket|connect|http|url|fetch|request|\bnet\b/i;
const nearHost = /^(localhost|127(\.\d+){1,3}|0(\.0){0,3}|::1?|\[::1?\]|::ffff:127[\d.]+)(:\d+)?$/i;

/**
 * A program in another language: the paths in its strings. It explains what is plainly there; what is put together while it
 * runs is the box's to refuse.
 */
export function scanCode(args: { scene: Scene; language: string; text: string; cwd: string; shown: string }): Act[] {
  const { scene, language } = args;
  // 'trad' + 'ing' is one string.
  const text = args.text.replace(/(['"])\s*\+\s*\1/g, "");
  const found = new Set<string>();
  const strings = listStrings(language, text);
  for (const string of strings) for (const path of pathsIn(string)) found.add(path);
  if (!touching.test(text)) found.delete("..");
  const closed = language === "jq" ? [] : [scene.policy.root, scene.policy.home];
  for (const known of closed) for (const path of tokensFrom(text, known)) found.add(path);
  const writes = writing.test(text);
  return [...[...found].flatMap((path) => toAct(path, { ...args, writes })), ...readAddresses(strings, text, args.shown)];
}

function readAddresses(strings: readonly string[], text: string, shown: string): Act[] {
  const urls = strings.flatMap((string) => string.match(/\b(?:https?|wss?|ftp):\/\/[^\s"'`<>)\\]+/gi) ?? []);
  const hosts = talking.test(text) ? strings.filter((string) => nearHost.test(string)).map((host) => `http://${host}`) : [];
  return [...urls, ...hosts].map((url): Act => ({ kind: "address", url, sends: false, shown }));
}

function listStrings(language: string, text: string): string[] {
  if (language === "sed") return [...text.matchAll(sedFiles)].map((match) => match[1] as string);
  // A filter has strings and opens nothing, but for modules.
  if (language === "jq" && !/\b(import|include)\b/.test(text)) return [];
  if (language === "awk") return [...text.matchAll(doubleQuoted)].map((match) => match[1] as string);
  const strings = [...text.matchAll(quoted)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
  if (language !== "vim" && language !== "sqlite" && language !== "ed") return strings;
  return [
    ...strings,
    ...[...text.matchAll(looseTokens)].map((match) => match[0]),
    ...[...text.matchAll(/^\s*\.\w+\s+(\S+)/gm)].map((match) => match[1] as string),
  ];
}

/** A string that is one path; of a longer one what is rooted or climbs. */
function pathsIn(string: string): string[] {
  const plain = readFileUrl(string) ?? string;
  if (/^[\w./~@-]+$/.test(plain) && (/[./]/.test(plain) || plain.startsWith("~"))) return [plain];
  return [...plain.matchAll(looseTokens)].map((match) => match[0]);
}

/** Wherever a closed folder is named in full, in quotes or not. */
function tokensFrom(text: string, folder: string): string[] {
  const found: string[] = [];
  for (let at = text.indexOf(folder); at >= 0 && found.length < 100; at = text.indexOf(folder, at + 1)) {
    const before = /[\w./-]*$/.exec(text.slice(Math.max(0, at - 64), at))?.[0] ?? "";
    const after = /^[^\s"'`<>|;,()\\]*/.exec(text.slice(at))?.[0] ?? folder;
    found.push(before.startsWith("/") ? before + after : after);
  }
  return found;
}

function toAct(path: string, args: { scene: Scene; cwd: string; shown: string; writes: boolean }): Act[] {
  const { scene } = args;
  const whole = joinPath(args.cwd, expandTilde(path, scene.policy.home));
  const text = normalisePath(whole);
  const ours = isInside(text, scene.policy.root) || isInside(text, scene.policy.home);
  // `/api/users` is a route, `/` a separator.
  if (path.startsWith("/") && !ours && !systemRoot.test(path)) return [];
  if (/^\.?$/.test(path) || path === "./" || path === "/") return [];
  const { zone } = findPlace(scene, text);
  const access = args.writes && (zone === "own-repo" || zone === "own-git" || zone === "wiki") ? "write" : "use";
  return [{ kind: "path", path: whole, access, deep: false, shown: path }];
}
