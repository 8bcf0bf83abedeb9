import type { Usage } from "../../contract/agent.ts";

/** All four kinds together. */
export function sumTokens({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: Omit<Usage, "requests">): number {
  return inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens;
}

/** The larger of each kind: two looks at the same run, of which neither may make less of it. */
export function maxUsage(one: Usage, other: Usage): Usage {
  return {
    requests: Math.max(one.requests, other.requests),
    inputTokens: Math.max(one.inputTokens, other.inputTokens),
    outputTokens: Math.max(one.outputTokens, other.outputTokens),
    cacheReadTokens: Math.max(one.cacheReadTokens, other.cacheReadTokens),
    cacheWriteTokens: Math.max(one.cacheWriteTokens, other.cacheWriteTokens),
  };
}
