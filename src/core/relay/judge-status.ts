import type { RunFailure } from "../../contract/agent.ts";

/** What an answer of the provider's that is no success means for the run that got it. */
export function judgeStatus(status: number): Extract<RunFailure, "rate-limit" | "overload" | "refused-by-provider"> {
  if (status === 429) return "rate-limit";
  return status >= 500 || status === 408 ? "overload" : "refused-by-provider";
}
