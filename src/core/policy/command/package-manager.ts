import type { Act } from "../act.ts";
import type { CommandView } from "./command-view.ts";
import { scanWord } from "./scan-word.ts";

const publishes =
  /^(publish|unpublish|deprecate|dist-tag|owner|access|adduser|login|logout|token|star|profile|team|hook|push|yank|upload)$/;
const userWide = /^(-g|--global|--location=(user|global)|--user|-H|--home)$/;
const clients =
  /(claude-code|@openai\/codex|gemini-cli|opencode-ai|^(claude|codex|gemini|opencode|aider|cursor-agent|goose|crush|qwen)(@|$)|aider-chat)/;
const shells =
  /^(--)?(script-shell|shell|node-options|prefix|userconfig|globalconfig|git|scripts-prepend-node-path|viewer|editor|ignore-scripts|registry|proxy|https-proxy|init-module)(=|$)/;

/** Package managers run scripts of the repository (the box decides), and some settings and registries that no ticket changes. */
export function readPackageManager(view: CommandView): Act[] {
  const words = view.args.map((arg) => arg.value ?? arg.prefix);
  const names = words.filter((word) => !word.startsWith("-"));
  const [verb, noun] = names;
  const acts = [...view.args.flatMap((arg) => scanWord(view, arg, "use"))];
  const asks = words.length > 0 && words.every((word) => /^(-v|-V|--version|--help|-h|version|help)$/.test(word));
  if (!asks) acts.push({ kind: "program", program: view.program, shown: view.shown });
  const deed = (name: "publish" | "user-settings" | "client"): void => void acts.push({ kind: "deed", deed: name, shown: view.shown });
  if (verb !== undefined && publishes.test(verb) && !/^(pip3?|nvm|volta)$/.test(view.program)) deed("publish");
  if (changesSettings(view.program, words, verb, noun)) deed("user-settings");
  if (words.some((word) => userWide.test(word)) && !/^(ls|list|root|prefix|bin|--version)$/.test(verb ?? "")) deed("user-settings");
  if (words.some((word, at) => /^--script-shell(=|$)|^--node-options(=|$)/.test(word) && at >= 0)) deed("user-settings");
  if (names.some((name) => clients.test(name))) deed("client");
  return acts;
}

/** `npm config set` writes the account's .npmrc unless told otherwise; some keys run commands wherever they stand. */
function changesSettings(program: string, words: readonly string[], verb: string | undefined, noun: string | undefined): boolean {
  if (/^(pip3?|poetry|bundle|gem|composer|cargo|uv|corepack)$/.test(program))
    return verb === "config" && /^(set|unset|edit)$/.test(noun ?? "");
  const sets = (/^(config|c)$/.test(verb ?? "") && /^(set|delete|edit|fix|rm)$/.test(noun ?? "")) || verb === "set";
  if (!sets) return false;
  const inProject = words.some((word) => word === "--location=project") || words[words.indexOf("--location") + 1] === "project";
  return !inProject || words.some((word) => shells.test(word));
}
