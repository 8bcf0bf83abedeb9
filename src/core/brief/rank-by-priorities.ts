import type { DecisionCandidate } from "../../contract/brief.ts";
import type { Priority } from "./read-priorities.ts";

/** What the first priority adds to a decision that is plainly about it; the others add evenly less. */
export const priorityWeightMax = 40;

/**
 * The candidates with DOMAIN.md's priorities added to their score, highest first; equals by key, so that the order is
 * the same every time (S5). A priority counts whole when its keyword or two of its words occur in the decision, half
 * for one word; only the weightiest that fits counts.
 */
export function rankByPriorities(candidates: readonly DecisionCandidate[], priorities: readonly Priority[]): DecisionCandidate[] {
  return candidates
    .map((candidate) => ({ ...candidate, score: candidate.score + weighText(describe(candidate), priorities) }))
    .sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1));
}

/** What the priorities add to something described by this text. */
export function weighText(text: string, priorities: readonly Priority[]): number {
  const words = readWords(text);
  let best = 0;
  priorities.forEach((priority, index) => {
    const full = (priorityWeightMax * (priorities.length - index)) / priorities.length;
    best = Math.max(best, full * overlap(words, priority));
  });
  return Math.round(best * 100) / 100;
}

function overlap(words: ReadonlySet<string>, priority: Priority): number {
  const keyword = [...readWords(priority.keyword ?? "")];
  if (keyword.length > 0 && keyword.every((word) => words.has(word))) return 1;
  const shared = [...readWords(priority.text)].filter((word) => words.has(word)).length;
  return shared >= 2 ? 1 : shared / 2;
}

function describe(candidate: DecisionCandidate): string {
  const options = candidate.options.map(
    (option) => `${option.label} ${option.detail} ${option.tickets.map((t) => t.draft.title).join(" ")}`,
  );
  const places = candidate.evidence.map((item) => `${item.repo} ${item.path} ${item.quote}`);
  return [candidate.key, candidate.question, candidate.why, ...options, ...places].join(" ");
}

/** Words of three letters and more, without the commonest, in the singular. */
function readWords(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
  return new Set(words.filter((word) => !common.has(word)).map((word) => (word.length > 3 ? word.replace(/(?<=[^s])s$/, "") : word)));
}

const common = new Set(
  "the and for with that this from into are was were not but all any has have its our your their they them than then when what which who how one two per nothing before after over under every each must never always can may will should".split(
    " ",
  ),
);
