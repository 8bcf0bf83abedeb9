import type { Artifact } from "../../contract/knowledge.ts";
import { flattenText } from "./normalise-text.ts";

/** A typed trailer of an artifact. */
export interface Statement {
  readonly kind: "decision" | "learned" | "changed";
  readonly claim: string;
  /** Of the artifact's text, from 1. */
  readonly line: number;
  /** The words of the claim that this one says it replaces. */
  readonly supersedes?: string;
}

const statementsMax = 200;

/**
 * What an artifact states, by rule: its `Decision:`, `Learned:` and `Changed:` lines; of a note the first two, as a
 * line or list item of their own. `Supersedes:` belongs to the statement on the line before it. Everything else is
 * text that nothing is taken from.
 */
export function readStatements(artifact: Pick<Artifact, "kind" | "text">): Statement[] {
  const statements: Statement[] = [];
  const pattern =
    artifact.kind === "note"
      ? /^\s*(?:[-*+]\s+)?(Decision|Learned|Supersedes):\s+(\S.*)$/
      : /^(Decision|Learned|Changed|Supersedes): (\S.*)$/;
  let fenced = false;
  for (const [index, raw] of artifact.text.split(/\r?\n/).entries()) {
    if (artifact.kind === "note" && /^\s*(```|~~~)/.test(raw)) fenced = !fenced;
    const match = fenced ? null : pattern.exec(raw);
    if (!match || statements.length >= statementsMax) continue;
    const label = (match[1] ?? "").toLowerCase();
    const claim = flattenText(match[2] ?? "");
    const last = statements.at(-1);
    if (label !== "supersedes") statements.push({ kind: label as Statement["kind"], claim, line: index + 1 });
    else if (last?.line === index) statements[statements.length - 1] = { ...last, supersedes: claim };
  }
  return statements;
}
