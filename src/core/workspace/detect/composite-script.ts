import type { DetectedCheck } from "../detect-checks.ts";
import type { Listing } from "./listing.ts";
import { isReal, type NodeProject, readNodeProject } from "./node-project.ts";

const compositeNames = ["check", "ci", "verify", "validate", "check:all", "test:all"];
const testTools = /\b(vitest|jest|mocha|ava|tap|playwright test|node --test|pytest)\b/;
const lintTools = /\b(eslint|biome|oxlint|standard|xo|tslint|ruff|flake8|prettier --check|prettier -c)\b/;

/**
 * One script that runs both the tests and the linter is what CI calls: it becomes the test check, and what it runs
 * anyway is not listed again. The linter alone stays before it, cheap, so that there is one check of each kind.
 * A `check` that runs only one of the two stands in for that kind where nothing else does; one that runs neither
 * (a type checker, say) is a check of its own.
 */
export function gatherComposite<Found extends DetectedCheck & { ecosystem: string; warnings: readonly string[] }>(
  listing: Listing,
  found: readonly Found[],
): Found[] {
  const project = readNodeProject(listing);
  const name = project && compositeNames.find((one) => isReal(project.scripts[one]));
  if (!project || !name) return [...found];
  const reached = expandScript(project, name);
  const text = [...reached].map((one) => project.scripts[one] ?? "").join("\n");
  const runsTests = reached.has("test") || testTools.test(text);
  const runsLint = reached.has("lint") || lintTools.test(text);
  const add = (kind: DetectedCheck["kind"]) =>
    ({ name: name.replace(":", "-"), run: project.script(name), kind, ecosystem: "node", warnings: [] }) as unknown as Found;
  const lacks = (kind: DetectedCheck["kind"]) => !found.some((one) => one.kind === kind);
  if (runsTests && runsLint) {
    const others = found.filter((one) => one.kind === "lint" || one.ecosystem !== "node");
    return [...others, { ...add("test"), timeoutSeconds: 1800 }];
  }
  if (runsTests) return lacks("test") ? [...found, add("test")] : [...found];
  if (runsLint) return lacks("lint") ? [add("lint"), ...found] : [...found];
  return [...found, add("other")];
}

/** The script and every script that it calls, by name. */
function expandScript(project: NodeProject, name: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const text = project.scripts[name] ?? "";
  for (const word of text.split(/[\s"'&|;]+/)) {
    const called = word.replace(/^npm:/, "");
    if (called in project.scripts && callsScripts(text, called)) expandScript(project, called, seen);
  }
  return seen;
}

function callsScripts(text: string, called: string): boolean {
  const name = called.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(\\b(npm|pnpm|yarn|bun)\\s+(run\\s+)?(-\\S+\\s+)*|\\b(npm-run-all|run-s|run-p)\\b.*\\s|npm:)${name}(?![\\w:-])`).test(
    text,
  );
}
