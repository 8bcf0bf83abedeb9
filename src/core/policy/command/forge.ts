import type { Act } from "../act.ts";
import type { CommandView } from "./command-view.ts";
import { scanWord } from "./scan-word.ts";

const reading = /^(view|list|status|diff|checks|show|search|browse|watch|ls|get|version|help)$/;
const readingAlone = /^(status|search|browse|help|version|--version|--help|completion)$/;
const graphqlRead = /^\s*(query\b|\{)/;

/** gh, glab, hub, tea. Looking is free; a request may be proposed; what merges, writes or changes the forge is not the agent's. */
export function readForge(view: CommandView): Act[] {
  const words = view.args.map((arg) => arg.value ?? arg.prefix);
  const names = words.filter((word) => !word.startsWith("-"));
  const [topic, verb] = names;
  const paths = view.args.flatMap((arg) => scanWord(view, arg, "use")).filter((act) => act.kind === "path");
  const deed = (name: "forge-merge" | "forge-write"): Act[] => [...paths, { kind: "deed", deed: name, shown: view.shown }];
  if (topic === undefined || readingAlone.test(topic)) return paths;
  if (topic === "api") return isReadingApi(words) ? paths : deed("forge-write");
  if (names.includes("merge") || words.some((word) => /^--auto(-merge)?$/.test(word)) || topic === "ship") return deed("forge-merge");
  if (/^(pr|mr|issue|pulls?|merge-request)$/.test(topic) && (verb === undefined || /^(create|comment|new)$/.test(verb)))
    return verb === undefined ? paths : proposes(view, words, paths);
  return verb !== undefined && reading.test(verb) ? paths : deed("forge-write");
}

/** A request proposes; it sends the branch's name and a text. Anything with a switch to merge was refused before. */
function proposes(view: CommandView, words: readonly string[], paths: readonly Act[]): Act[] {
  const web = words.includes("--web") || words.includes("-w");
  return web ? [...paths, { kind: "deed", deed: "forge-write", shown: view.shown }] : [...paths];
}

function isReadingApi(words: readonly string[]): boolean {
  // What stands in a file or comes by a pipe may be anything.
  if (words.some((word) => /^(\w+=)?@/.test(word) || word.startsWith("--input"))) return false;
  const at = words.findIndex((word) => /^(-X|--method)/.test(word));
  const method = at < 0 ? undefined : (/^(?:-X=?|--method=)(.+)$/.exec(words[at] as string)?.[1] ?? words[at + 1]);
  if (method !== undefined && !/^(get|head)$/i.test(method)) return false;
  const fields = words.some((word) => /^(-f|-F|--field|--raw-field|--input)/.test(word));
  if (words.includes("graphql"))
    return (
      words.every((word) => !/mutation/i.test(word)) &&
      words.some((word) => graphqlRead.test(word.replace(/^query=/, "")) || /^query=/.test(word))
    );
  return !fields || /^get$/i.test(method ?? "");
}
