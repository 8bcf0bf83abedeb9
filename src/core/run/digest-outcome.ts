import type { ToolOutcome } from "../../port/role-runtime.ts";
import { canonicalJson } from "../log/canonical-json.ts";

/**
 * A tool call that ended, as the breaker compares it: the input as data (order of keys and spaces do not matter), the answer
 * without what differs each time that the same thing happens, which is times, durations, ids and temporary names.
 *
 * @param sha256  hexadecimal digest of a text
 */
export function digestOutcome(
  call: { tool: string; input: unknown; answer: string; failed: boolean },
  sha256: (text: string) => string,
): ToolOutcome {
  return {
    tool: call.tool,
    input: sha256(canonicalJson(settleInput(call.input))),
    answer: sha256(settleAnswer(call.answer)),
    failed: call.failed,
  };
}

const depthMax = 20;
/** Read of an answer at each of its ends. */
const answerCharsMax = 100_000;

/** Spaces of texts are run together, at every depth that a tool's input has. */
function settleInput(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return value.replace(/\s+/g, " ").trim();
  if (typeof value !== "object" || value === null) return value ?? null;
  if (depth >= depthMax) return "…";
  if (Array.isArray(value)) return value.map((one) => settleInput(one, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, settleInput(one, depth + 1)]));
}

const passing: readonly [RegExp, string][] = [
  [/\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}:?\d{2})?/g, "<time>"],
  [/\b\d{1,2}:\d{2}:\d{2}([.,]\d+)?\b/g, "<time>"],
  [/\b1\d{9}(\d{3}|\d{6}|\d{9})?([.,]\d+)?\b/g, "<time>"],
  [/\b\d+(\.\d+)?\s?(ns|µs|us|ms|msec|s|secs?|seconds?|mins?|minutes?)\b/g, "<duration>"],
  [/\bduration_ms:? \d+(\.\d+)?/g, "<duration>"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>"],
  [/\b0x[0-9a-f]{6,}\b/gi, "<address>"],
  [/\b(pid|process)[ :=#]+\d+/gi, "<process>"],
  [/\/tmp\/[\w./-]+/g, "<temporary>"],
];

function settleAnswer(text: string): string {
  const read = text.length <= 2 * answerCharsMax ? text : `${text.slice(0, answerCharsMax)}${text.length}${text.slice(-answerCharsMax)}`;
  let settled = read.replace(/\s+/g, " ").trim();
  for (const [pattern, mark] of passing) settled = settled.replace(pattern, mark);
  return settled;
}
