import type { AgentRun } from "../../contract/agent.ts";
import type { Artifact } from "../../contract/knowledge.ts";
import { flattenText, markInvisible } from "./normalise-text.ts";
import { readStatements } from "./read-statements.ts";

const lineCharsMax = 800;
const charsMax = 60_000;

/**
 * What a model said in a run, a line each: `Decision:` and `Learned:` where it wrote them as lines of their own, outside code and
 * quotes; everything else is what it said (`Said:`), of which no rule takes anything. What its tools answered is not among it: files
 * have their commits, and the web is no source. Of a long one the end is kept.
 *
 * @param said  texts of the model, oldest first
 */
export function makeTranscriptArtifact({ run, said }: { run: AgentRun; said: readonly string[] }): Artifact {
  const { id, domain, role, runtime, ticket, startedAt, endedAt = startedAt } = run;
  const lines = said.flatMap(describeText);
  let chars = 0;
  const from = lines.findLastIndex((line) => {
    chars += line.length + 1;
    return chars > charsMax;
  });
  const head = [
    `# Run ${id}: ${role}${ticket === undefined ? "" : ` of ${ticket}`} (${runtime})`,
    `Began: ${startedAt}`,
    ...(from === -1 ? [] : [`Cut: ${from + 1} lines before these`]),
  ];
  const text = `${[...head, ...lines.slice(from + 1)].join("\n")}\n`;
  return { id: transcriptId(id), domain, kind: "transcript", source: id, at: endedAt, text };
}

/** One run, one artifact. */
export function transcriptId(run: string): string {
  return `transcript:${run}`;
}

function describeText(text: string): string[] {
  const typed = new Map(readStatements({ kind: "note", text }).map(({ kind, line }) => [line, kind]));
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const kind = typed.get(index + 1);
    const words = shorten(kind === undefined ? raw : raw.replace(/^[^:]*:/, ""));
    if (words === "") return [];
    return [`${kind === "decision" ? "Decision" : kind === "learned" ? "Learned" : "Said"}: ${words}`];
  });
}

function shorten(text: string): string {
  const flat = flattenText(markInvisible(text));
  return flat.length > lineCharsMax ? `${flat.slice(0, lineCharsMax - 3)}...` : flat;
}
