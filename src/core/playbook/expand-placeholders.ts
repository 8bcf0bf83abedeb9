import { MosError } from "../../contract/error.ts";

export type PlaceholderValue = string | readonly string[];
export type PlaceholderValues = Readonly<Record<string, PlaceholderValue>>;

/** What Master OS itself fills in, for every playbook. */
export const ownPlaceholders = ["count", "commit", "today", "domain", "repo", "subject"] as const;

const placeholder = /\{\{\s*([a-zA-Z][a-zA-Z0-9]*)\s*\}\}/g;
const shownMax = 3;

/** The names that a text asks for, each once, in order. */
export function placeholdersIn(text: string): string[] {
  return [...new Set([...text.matchAll(placeholder)].map((match) => match[1] ?? ""))];
}

/**
 * A command with its placeholders filled: each text is one word for the shell, a list is one word per text.
 *
 * @throws MosError `placeholder-unknown` for a name that has no value
 */
export function expandCommand(command: string, values: PlaceholderValues): string {
  return command.replace(placeholder, (_, name: string) => listOf(name, values).map(quoteWord).join(" "));
}

/** A text for people: one line, a list shortened to its first three. */
export function expandText(text: string, values: PlaceholderValues, lengthMax: number): string {
  const filled = text.replace(placeholder, (_, name: string) => {
    const list = listOf(name, values);
    const shown = list.slice(0, shownMax).map(printable).join(", ");
    return list.length > shownMax ? `${shown} and ${list.length - shownMax} more` : shown;
  });
  return filled.length > lengthMax ? `${filled.slice(0, lengthMax - 1)}…` : filled;
}

/**
 * Touched paths: one for each text. What a glob would read in a file's name is written `?`, which matches that one
 * character, so a path stands for itself and next to nothing else.
 */
export function expandPaths(pattern: string, values: PlaceholderValues): string[] {
  const names = placeholdersIn(pattern);
  return names.reduce<string[]>(
    (patterns, name) =>
      patterns.flatMap((text) =>
        listOf(name, values).map((value) =>
          text.replace(placeholder, (whole, found: string) => (found === name ? literalPath(value) : whole)),
        ),
      ),
    [pattern],
  );
}

/** One word for `sh`, whatever is in it. NUL cannot be passed at all. */
export function quoteWord(text: string): string {
  if (text.includes("\0"))
    throw new MosError({ code: "placeholder-invalid", message: "a value holds a NUL character", hint: "Leave this finding out." });
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function listOf(name: string, values: PlaceholderValues): readonly string[] {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) {
    throw new MosError({
      code: "placeholder-unknown",
      message: `{{${name}}} has no value`,
      hint: `Use one of: ${[...new Set([...ownPlaceholders, ...Object.keys(values)])].join(", ")}.`,
    });
  }
  return typeof value === "string" ? [value] : value;
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, "?");
}

/** `?`, `*` and what a path may not hold become `?`; other signs stand for themselves in touches. */
function literalPath(text: string): string {
  return text.replace(/[*\\\p{Cc}]/gu, "?");
}
