import { Playbook } from "../../contract/playbook.ts";
import { choreValues } from "../chore/chore-values.ts";
import type { PlainIssue } from "../workspace/describe-issue.ts";
import { checkYaml, parseYaml, yamlError } from "../workspace/read-yaml.ts";
import { suggestName } from "../workspace/suggest-name.ts";
import { checkPlaceholders, choreOfDetect } from "./check-placeholders.ts";

/**
 * A playbook's file as data, with all that one file can say about itself: its shape, its placeholders, its siblings.
 *
 * @param file  as a reader knows it: `playbooks/mine.yaml`
 * @throws MosError `playbook-invalid`, each problem with line and column
 */
export function parsePlaybook(args: { text: string; file: string }): Playbook {
  const source = { ...args, code: "playbook-invalid" };
  const parsed = parseYaml(source);
  const playbook = checkYaml(Playbook, source, parsed);
  const issues = [...findPlaceholderIssues(playbook), ...findChoreIssues(playbook), ...findKeyIssues(playbook)];
  if (issues.length > 0) throw yamlError(source, parsed, issues);
  return playbook;
}

function findPlaceholderIssues(playbook: Playbook): PlainIssue[] {
  return checkPlaceholders(playbook).map(({ path, problem, unknown }) => {
    const near = unknown && suggestName(unknown.name, unknown.known);
    const remedy = unknown ? (near ? `Did you mean {{${near}}}?` : `Use one of: ${unknown.known.join(", ")}.`) : "Change that command.";
    return { path, text: problem, remedy };
  });
}

function findChoreIssues(playbook: Playbook): PlainIssue[] {
  const chore = choreOfDetect(playbook.detect);
  if (chore === undefined || Object.hasOwn(choreValues, chore)) return [];
  const known = Object.keys(choreValues);
  const near = suggestName(chore, known);
  return [
    {
      path: ["detect"],
      text: `there is no chore '${chore}'`,
      remedy: near ? `Did you mean '${near}'?` : `Known are: ${known.join(", ")}.`,
    },
  ];
}

/** Ids of options and keys of tickets, each once. */
function findKeyIssues({ decide }: Playbook): PlainIssue[] {
  const issues: PlainIssue[] = [];
  const ids = new Set<string>();
  for (const [at, option] of decide.options.entries()) {
    if (ids.has(option.id))
      issues.push({ path: ["decide", "options", at, "id"], text: `there are two options '${option.id}'`, remedy: "Give each its own id." });
    ids.add(option.id);
    const keys = new Set<string>();
    for (const [index, { key }] of option.tickets.entries()) {
      const path = ["decide", "options", at, "tickets", index];
      if (keys.has(key))
        issues.push({ path, text: `there are two tickets with the key '${key}'`, remedy: "Give each ticket of an option its own key." });
      keys.add(key);
    }
  }
  return issues;
}
