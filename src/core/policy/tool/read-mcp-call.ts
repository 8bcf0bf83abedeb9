import type { Access, Act } from "../act.ts";
import { readShellText } from "../command/read-shell-text.ts";
import { scanCode } from "../command/scan-code.ts";
import { hasGlob } from "../path/glob.ts";
import { expandTilde, isInside, joinPath, normalisePath, systemRoot } from "../path/paths.ts";
import type { Scene } from "../scene.ts";
import { findSwitchedOff } from "./find-switched-off.ts";
import { readForgeActs } from "./read-forge-acts.ts";
import { quoteWord, readShellTool } from "./read-shell-tool.ts";
import { readFileUrl, toGlobActs, toPathAct } from "./to-path-act.ts";
import type { ToolInput } from "./tool-table.ts";

/** `mcp__mos__run`, and the same from the plugin: `mcp__plugin_mos_mos__run`. */
const ownServer = /^mcp__(?:plugin_(?:mos|masteros|master-os)_)?(?:mos|masteros|master-os)__(\w+)$/;

const readWords =
  /^(read|get|list|search|find|view|show|status|diff|log|info|stat|tree|describe|lookup|count|browse|grep|glob|head|tail|cat|exists|query|fetch|resolve|hover|definition|references|symbols|diagnostics|blame|outline)$/;
const writeWords =
  /^(write|create|update|delete|remove|move|rename|copy|edit|push|commit|merge|set|add|apply|exec|execute|run|put|post|patch|insert|drop|replace|append|save|upload|send|checkout|reset|rebase|tag|branch|init|clone|pull|install|start|stop|kill|restart|deploy|publish|format|fix|refactor|truncate|unlink|mkdir|chmod|link|shell|command|eval|script|terminal|close|enable|disable|download|import|restore|stash|revert|trigger|dispatch|approve|mutate|modify|change|undo)$/;
const removeWords = /^(move|rename|delete|remove|unlink|trash|rmdir|drop)$/;
const wideWords = /^(search|list|tree|find|glob|grep|directory|walk|index|recursive|folder|dir|browse)$/;

const textFields =
  /^(content|contents|text|body|message|description|prompt|title|note|notes|old_?string|new_?string|old_?text|new_?text|edits|summary|comment|comments|pattern|regex|reason|question|answer|header|label|labels|thought|instructions?|search|old_str|new_str|file_text|data|value|subject)$/i;
const commandFields =
  /^(command|cmd|commands|script|shell|shell_?command|command_?line|bash|sh|exec|run|line|input_?command|terminal_?command)$/i;
const codeFields = /^(code|source_?code|expression|expr|javascript|python|js|eval|function|program|snippet)$/i;
const queryFields = /^(query|sql|statement|statements|queries|q)$/i;
const folderFields = /^(cwd|work_?dir|working_?dir(ectory)?|directory|dir)$/i;
const storeTables = /\b(tickets?|verdicts?|receipts?|leases?|events?|decisions?|landings?)\b/i;
const sqlVerb = /\b(select|update|delete|insert|drop|alter|replace|attach|pragma|vacuum|create|truncate)\b/i;

/** A tool of an MCP server. Master OS's own decide for themselves; of another every string is looked at. */
export function readMcpCall(args: ToolInput): Act[] {
  const { call } = args;
  const own = ownServer.exec(call.tool)?.[1];
  if (own === "run") return [{ kind: "tool", tool: call.tool, known: true, nature: "shell" }, ...readShellTool(args)];
  if (own !== undefined) return [{ kind: "tool", tool: call.tool, known: true, nature: "own" }];
  const words = (call.tool.split("__").slice(2).join("_") || call.tool)
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const reading = words.some((word) => readWords.test(word)) && !words.some((word) => writeWords.test(word));
  const how: Reading = {
    ...args,
    access: reading ? "read" : words.some((word) => removeWords.test(word)) ? "remove" : "write",
    deep: words.some((word) => wideWords.test(word)),
    server: call.tool.split("__")[1] ?? "",
    words,
  };
  return [
    { kind: "tool", tool: call.tool, known: true, nature: "mcp" },
    ...findSwitchedOff(args.input),
    ...readForgeActs({ server: how.server, words, reading, input: args.input, shown: call.tool }),
    ...readValue(args.input, "", how),
  ];
}

interface Reading extends ToolInput {
  readonly access: Access;
  readonly deep: boolean;
  readonly server: string;
  readonly words: readonly string[];
}

function readValue(value: unknown, key: string, how: Reading): Act[] {
  if (typeof value === "string") return readString(value, key, how);
  if (Array.isArray(value)) {
    if (commandFields.test(key) && value.every((one) => typeof one === "string"))
      return readCommandText(value.map((one) => quoteWord(one)).join(" "), how);
    return value.flatMap((one) => readValue(one, key, how));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => [...readName(name, how), ...readValue(one, name, how)]);
}

/** A map may have paths for names: `{ files: { "/etc/x": "…" } }`. */
function readName(name: string, how: Reading): Act[] {
  return name.includes("/") || name.startsWith("~") ? readString(name, "path", how) : [];
}

function readString(text: string, key: string, how: Reading): Act[] {
  if (text.trim() === "") return [];
  const acts = isOnePath(text) ? readOnePath(text, key, how) : textFields.test(key) ? [] : readTokens(text, how);
  if (commandFields.test(key)) acts.push(...readCommandText(text, how));
  if (codeFields.test(key))
    acts.push(...scanCode({ scene: how.scene, language: "unknown", text, cwd: how.call.cwd, shown: shorten(text) }));
  if (readsStore(text, key, how)) acts.push({ kind: "deed", deed: "store-query", shown: shorten(text) });
  return acts;
}

/** One word that is absolute, home's or a file URL is taken for a path in whatever field it stands. */
function isOnePath(text: string): boolean {
  return !/[\s"'`<>|;()]/.test(text.trim()) || /^(\/|~\/|file:)[^\n"'`<>|;]*$/i.test(text.trim());
}

function readOnePath(text: string, key: string, how: Reading): Act[] {
  const { scene, call, access, deep } = how;
  const rooted = /^(\/|~|file:)/i.test(text.trim());
  const isData = textFields.test(key);
  if (isData && (!rooted || /^\/[^/]*$|^\/.*\/[a-z]*$/.test(text.trim()))) return [];
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text.trim()) && !rooted) return [{ kind: "address", url: text.trim(), sends: false, shown: text }];
  if (/^(?:unix|sqlite3?|jdbc:sqlite|ssh|git@[\w.]+):/i.test(text)) return readTokens(text.replace(/^[\w:]+?:(?=[/~.])/, " "), how);
  if (hasGlob(text)) return isData ? [] : toGlobActs({ pattern: text, cwd: call.cwd, home: scene.policy.home, access });
  const named = /(path|file|dir|folder|uri|source|dest|target|repo|root|cwd|location|workspace|db|database|output|input|from|to|^$)/i.test(
    key,
  );
  if (!rooted && !named && !text.includes("/")) return [];
  // `/vercel/next.js` names a library: in a field that speaks of no file, a path is what begins as the machine's do.
  if (text.startsWith("/") && !named && !isPathOfMachine(scene, text)) return [];
  // `HOST:GUEST`, `a=/x`: each part that is rooted is a path too.
  const parts = rooted ? text.split(/[:=,]/).filter((part) => part !== text && /^[/~]/.test(part) && !part.startsWith("//")) : [];
  return [text, ...parts].flatMap((one) => toPathAct({ text: one, cwd: call.cwd, home: scene.policy.home, access, deep }));
}

function isPathOfMachine({ policy }: Scene, path: string): boolean {
  return systemRoot.test(path) || [policy.root, policy.home].some((folder) => isInside(normalisePath(path), folder));
}

const tokens =
  /file:\/\/[^\s"'`<>|;,()]+|(?<![\w./-])(?:~|\.{1,2})?\/[^\s"'`<>|;,()]*|(?<![\w./-])[\w.-]+(?:\/[^\s"'`<>|;,()]*)?\/\.\.[^\s"'`<>|;,()]*|\b[a-z][a-z0-9+.-]*:\/\/[^\s"'`<>)]+/gi;

/** Of a longer text only what is rooted or climbs: `../x`, `/x`, `~/x`, and addresses. */
function readTokens(text: string, how: Reading): Act[] {
  const { scene, call, access, deep } = how;
  return [...text.matchAll(tokens)].flatMap(([token]): Act[] => {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(token) && readFileUrl(token) === undefined)
      return [{ kind: "address", url: token, sends: false, shown: token }];
    if (token === "/" || /^\/[a-z]+$/i.test(token)) return [];
    return toPathAct({ text: token, cwd: call.cwd, home: scene.policy.home, access, deep });
  });
}

function readCommandText(text: string, how: Reading): Act[] {
  const folder = Object.entries(how.input).find(([key, value]) => folderFields.test(key) && typeof value === "string")?.[1] as
    | string
    | undefined;
  const cwd = folder === undefined ? how.call.cwd : joinPath(how.call.cwd, expandTilde(folder, how.scene.policy.home));
  const more =
    Array.isArray(how.input.args) && how.input.args.every((one) => typeof one === "string")
      ? how.input.args.map((one) => quoteWord(one as string))
      : [];
  return [
    { kind: "path", path: cwd, access: "enter", deep: false, shown: cwd },
    ...readShellText({ scene: how.scene, text: [text, ...more].join(" "), cwd }),
  ];
}

function readsStore(text: string, key: string, how: Reading): boolean {
  const sql = queryFields.test(key) || /sql|database|^db$/i.test(how.server);
  return sql && !textFields.test(key) && sqlVerb.test(text) && storeTables.test(text);
}

function shorten(text: string): string {
  return text.slice(0, 200);
}
