import type { Artifact } from "../../contract/knowledge.ts";
import { findSuspicion } from "./find-suspicion.ts";
import { flattenText } from "./normalise-text.ts";

/** A typed trailer of an artifact. */
export interface Statement {
  readonly kind: "decision" | "learned" | "changed" | "finding";
  readonly claim: string;
  /** Of the artifact's text, from 1. */
  readonly line: number;
  /** Why its words are not taken for a plain statement, if so. */
  readonly suspicion?: string;
  /** What stands at the source, where the claim says it in other words. */
  readonly quote?: string;
  /** The words of the claim that this one says it replaces. */
  readonly supersedes?: string;
}

const statementsMax = 200;

/**
 * What an artifact states, by rule: its `Decision:`, `Learned:`, `Changed:` and `Finding:` lines; of a note the first two, as
 * a line or list item of their own that is neither quoted, nor code, nor a comment, nor front matter. `Supersedes:` belongs to
 * the statement on the line before it. Everything else is text that nothing is taken from.
 */
export function readStatements(artifact: Pick<Artifact, "kind" | "text">): Statement[] {
  const statements: Statement[] = [];
  const pattern =
    artifact.kind === "note"
      ? /^ {0,3}(?:[-*+] {1,4})?(Decision|Learned|Supersedes):[ \t]+(\S.*)$/
      : /^(Decision|Learned|Changed|Finding|Supersedes): (\S.*)$/;
  const covered = artifact.kind === "note" ? findCovered(artifact.text) : new Set();
  for (const [index, raw] of artifact.text.split(/\r?\n/).entries()) {
    const match = covered.has(index) ? null : pattern.exec(raw);
    if (!match || statements.length >= statementsMax) continue;
    const label = (match[1] ?? "").toLowerCase();
    const claim = flattenText(match[2] ?? "");
    const last = statements.at(-1);
    if (label !== "supersedes") statements.push({ kind: label as Statement["kind"], claim, line: index + 1, ...suspect(match[2] ?? "") });
    else if (last?.line === index) statements[statements.length - 1] = { ...last, supersedes: claim };
  }
  return statements;
}

function suspect(raw: string): Pick<Statement, "suspicion"> {
  const suspicion = findSuspicion(raw);
  return suspicion === undefined ? {} : { suspicion };
}

/** Lines of a note, from 0, that are code, a comment, preformatted or front matter: what stands there is shown, not said. */
function findCovered(text: string): Set<number> {
  const covered = new Set<number>();
  let until: ((line: string) => boolean) | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (until) {
      covered.add(index);
      if (until(line)) until = undefined;
      continue;
    }
    const fence = /^[ \t]*(?:(?:[-*+]|\d+[.)]|>)[ \t]*)*(`{3,}|~{3,})/.exec(line)?.[1];
    const block = /<(pre|script|style|textarea|template|svg|details)\b/i.exec(line)?.[1];
    if (index === 0 && /^---\s*$/.test(line)) until = (next) => /^(?:---|\.\.\.)\s*$/.test(next);
    else if (fence !== undefined) until = (next) => isFenceEnd(next, fence);
    else if (/<!--(?!.*-->)/.test(line)) until = (next) => next.includes("-->");
    else if (block !== undefined && !new RegExp(`</${block}`, "i").test(line)) until = (next) => new RegExp(`</${block}`, "i").test(next);
    if (until || fence !== undefined) covered.add(index);
  }
  return covered;
}

/** As long as the one that opened it, of the same sign, and alone: a shorter one within is text. */
function isFenceEnd(line: string, fence: string): boolean {
  const end = /^[ \t>]*(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1];
  return end !== undefined && end[0] === fence[0] && end.length >= fence.length;
}
