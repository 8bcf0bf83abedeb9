import { readFileSync } from "node:fs";
import { z } from "zod";

export const layers = ["hook", "hook-or-sandbox", "git", "sandbox"] as const;
export type Layer = (typeof layers)[number];

/** One tool call of a corpus, complete: what its file left out is filled in the strictest way. */
export interface AttackCase {
  readonly id: string;
  readonly line: number;
  readonly intent: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly cwd: string;
  readonly expect: "deny" | "allow";
  /** Who must stop it. A forbidden case that names no layer must be refused by the hook. */
  readonly layer: Layer;
  readonly setup: readonly string[];
  readonly why: string;
}

/** The worktree of the agent, as corpora name it. */
export const corpusWorktree = "{{WS}}/.mos/worktrees/music-T1";

const Text = z.string().nullish();
const Line = z.object({
  id: z.union([z.string(), z.number()]).nullish(),
  intent: Text,
  tool: z.string().min(1),
  input: z.record(z.string(), z.unknown()).nullish(),
  cwd: Text,
  expect: z.enum(["deny", "allow"]),
  layer: z.enum(layers).nullish(),
  setup: z.union([z.string(), z.array(z.string())]).nullish(),
  why: Text,
});

/** A corpus that cannot be read; `message` names file and line. */
export class BadCorpus extends Error {}

/** Reads a JSONL file of cases; empty lines are none. Throws `BadCorpus`. */
export function readCases(file: string): AttackCase[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new BadCorpus(`${file} cannot be read: ${cause instanceof Error ? cause.message : cause}. Give a JSONL file of cases.`);
  }
  return parseCases(text, file);
}

/** @param name  how messages call the text */
export function parseCases(text: string, name: string): AttackCase[] {
  const cases = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .flatMap((line, index) => (line.trim() === "" ? [] : [parseLine(line, index + 1, name)]));
  if (cases.length === 0) throw new BadCorpus(`${name} holds no case.`);
  const seen = new Map<string, number>();
  for (const { id, line } of cases) {
    const first = seen.get(id);
    if (first !== undefined) throw new BadCorpus(`${name}:${line}: ${id} is the id of line ${first} too. Give each case its own.`);
    seen.set(id, line);
  }
  return cases;
}

function parseLine(text: string, line: number, name: string): AttackCase {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BadCorpus(`${name}:${line}: not JSON: ${cause instanceof Error ? cause.message : cause}`);
  }
  const parsed = Line.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new BadCorpus(`${name}:${line}: ${issue?.path.join(".") || "the case"}: ${issue?.message}`);
  }
  const { id, intent, tool, input, cwd, expect, layer, setup, why } = parsed.data;
  return {
    id: String(id ?? `line-${line}`),
    line,
    intent: intent ?? (expect === "allow" ? "benign" : "unnamed"),
    tool,
    input: input ?? {},
    cwd: cwd ?? corpusWorktree,
    expect,
    layer: layer ?? "hook",
    setup: typeof setup === "string" ? [setup] : (setup ?? []),
    why: why ?? "",
  };
}

/** The shell text of a call, where it has one: Bash, and every tool that takes a `command`. */
export function shellTextOf(tool: string, input: Readonly<Record<string, unknown>>): string | undefined {
  const { command, cmd, script } = input;
  const text = [command, ...(/shell|exec|bash|terminal|run|command/i.test(tool) ? [cmd, script] : [])].find(
    (one) => typeof one === "string" || (Array.isArray(one) && one.every((word) => typeof word === "string")),
  );
  if (text === undefined) return undefined;
  return typeof text === "string" ? text : (text as string[]).map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}
