import type { Playbook } from "../../contract/playbook.ts";
import { choreValues } from "../chore/chore-values.ts";
import { ownPlaceholders, placeholdersIn } from "./expand-placeholders.ts";
import { findUnsafePlaceholder } from "./find-unsafe-placeholder.ts";

export interface PlaceholderProblem {
  /** Where in the file: keys and indexes. */
  readonly path: readonly (string | number)[];
  readonly problem: string;
  /** The name that is not known, and those that are. */
  readonly unknown?: { readonly name: string; readonly known: readonly string[] };
}

/** `mos-chore find <chore>` and nothing else: such steps of one repository share a process. */
export function choreOfDetect(detect: string): string | undefined {
  return /^mos-chore find ([a-z][a-z0-9-]*)$/.exec(detect.trim())?.[1];
}

/** The placeholders that a playbook's `detect` fills; `undefined` where that cannot be known before it runs. */
export function knownPlaceholders(playbook: Playbook): readonly string[] | undefined {
  const chore = choreOfDetect(playbook.detect);
  return playbook.values ?? (chore === undefined ? undefined : choreValues[chore]);
}

/** What is wrong with a playbook's placeholders, as far as it can be told without running it. */
export function checkPlaceholders(playbook: Playbook): PlaceholderProblem[] {
  const problems: PlaceholderProblem[] = [];
  const known = knownPlaceholders(playbook);
  for (const { path, text, command } of textsOf(playbook)) {
    const unsafe = command ? findUnsafePlaceholder(text) : undefined;
    if (unsafe !== undefined) problems.push({ path, problem: unsafe });
    if (!known) continue;
    const all = [...known, ...ownPlaceholders];
    for (const name of placeholdersIn(text)) {
      if (!all.includes(name)) problems.push({ path, problem: `{{${name}}} is filled by nothing`, unknown: { name, known: all } });
    }
  }
  if (placeholdersIn(playbook.detect).length > 0)
    problems.push({ path: ["detect"], problem: "detect runs before there are values: it takes no placeholders" });
  return problems;
}

interface PlaybookText {
  readonly path: readonly (string | number)[];
  readonly text: string;
  readonly command: boolean;
}

function textsOf({ decide }: Playbook): PlaybookText[] {
  const texts: PlaybookText[] = [];
  const add = (command: boolean, text: string, ...path: (string | number)[]) => texts.push({ path: ["decide", ...path], text, command });
  add(false, decide.question, "question");
  add(false, decide.why, "why");
  for (const [at, option] of decide.options.entries()) {
    add(false, option.label, "options", at, "label");
    add(false, option.detail, "options", at, "detail");
    for (const [index, ticket] of option.tickets.entries()) {
      const here = ["options", at, "tickets", index] as const;
      add(false, ticket.title, ...here, "title");
      add(false, ticket.body, ...here, "body");
      for (const [n, path] of ticket.touches.entries()) add(false, path, ...here, "touches", n);
      for (const [n, path] of ticket.appends.entries()) add(false, path, ...here, "appends", n);
      for (const [n, command] of ticket.run.entries()) add(true, command, ...here, "run", n);
      for (const [n, point] of ticket.accept.entries()) {
        add(false, point.text, ...here, "accept", n, "text");
        add(true, point.run, ...here, "accept", n, "run");
      }
    }
  }
  return texts;
}
