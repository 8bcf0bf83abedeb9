import type { DecisionCandidate, Option } from "../../contract/brief.ts";

const pathsShown = 5;

/**
 * What an option of a model's question would file, a line a ticket, so that the answer is to that and not to what the model says of
 * it; none for a question of rule. Untrusted text.
 */
export function describePlan({ judged }: Pick<DecisionCandidate, "judged">, { tickets }: Pick<Option, "tickets">): string[] {
  if (judged === undefined) return [];
  return tickets.map(({ draft }) => {
    const { title, repo, touches, accept } = draft;
    const shown = touches.slice(0, pathsShown).join(", ");
    const more = touches.length > pathsShown ? ` and ${touches.length - pathsShown} more` : "";
    const checks = accept.flatMap(({ run }) => run ?? []);
    const where = repo === "home" ? "" : ` of ${repo}`;
    return `"${title}" changes ${shown}${more}${where}; checked by: ${checks.join("; ") || "no command"}`;
  });
}
