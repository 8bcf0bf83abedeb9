import type { Artifact, Candidate } from "../../contract/knowledge.ts";
import type { DistillerOutput } from "../../contract/role.ts";
import { compareClaims } from "./compare-claims.ts";
import { findSuspicion } from "./find-suspicion.ts";
import { findWhole, flattenText, normaliseQuote } from "./normalise-text.ts";
import type { Statement } from "./read-statements.ts";

/** What a model reads out of an artifact, its words found there. */
export interface Proposal {
  readonly artifact: Artifact;
  readonly statement: Statement;
  readonly confidence: Candidate["confidence"];
  readonly reason: string;
}

const quoteCharsMin = 12;
const reasonCharsMax = 300;

/** What a model proposed, of those whose quote stands to the letter in a line of the artifact that it names; the others are dropped. */
export function readDistilled(output: DistillerOutput, artifacts: readonly Artifact[]): { proposals: Proposal[]; dropped: number } {
  const proposals = output.candidates.flatMap(({ claim, source, confidence, reason }): Proposal[] => {
    const artifact = artifacts.find(({ id }) => id === source.artifact);
    const quote = flattenText(source.quote);
    const line = artifact === undefined || quote.length < quoteCharsMin ? undefined : findLine(artifact.text, quote);
    const flat = flattenText(claim);
    if (artifact === undefined || line === undefined || flat === "") return [];
    const suspicion = findSuspicion(claim) ?? findSuspicion(source.quote);
    const statement = { kind: "learned" as const, claim: flat, quote, line, ...(suspicion === undefined ? {} : { suspicion }) };
    return [{ artifact, statement, confidence, reason: flattenText(reason).slice(0, reasonCharsMax) }];
  });
  return { proposals, dropped: output.candidates.length - proposals.length };
}

function findLine(text: string, quote: string): number | undefined {
  const wanted = normaliseQuote(quote);
  const at = text.split(/\r?\n/).findIndex((line) => findWhole(normaliseQuote(line), wanted) !== -1);
  return at === -1 ? undefined : at + 1;
}

const order = ["low", "medium", "high"] as const;

/**
 * A candidate after a model spoke of it: its confidence can fall and never rise. What a model alone says goes to review at
 * best, for that its quote stands is known by rule, and that its claim follows from it is not.
 */
export function lowerBy(candidate: Candidate, said: Pick<Proposal, "confidence" | "reason">, most: Candidate["confidence"]): Candidate {
  const lowest = [candidate.confidence, said.confidence, most].toSorted((a, b) => order.indexOf(a) - order.indexOf(b))[0] ?? "low";
  if (lowest === candidate.confidence) return candidate;
  return { ...candidate, confidence: lowest, route: "review", reason: `a model reads it so, and no rule can say so: ${said.reason}` };
}

/** Whether a rule found the same at the same source: then the model's word can only lower it. */
export function isSameFinding(candidate: Candidate, { artifact, statement }: Proposal): boolean {
  return candidate.source.artifact === artifact.id && compareClaims(candidate.claim, statement.claim) === "same";
}
