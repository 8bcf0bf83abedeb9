import type { LanguageModelUsage } from "ai";
import type { Usage } from "../../contract/agent.ts";

export function makeUsage(): { -readonly [K in keyof Usage]: Usage[K] } {
  return { requests: 0, inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
}

/** Adds an answer's tokens. What the provider gives as a sum (input with what was cached) is taken apart. */
export function addUsage(total: ReturnType<typeof makeUsage>, said: LanguageModelUsage): void {
  const { cacheReadTokens, cacheWriteTokens, noCacheTokens } = said.inputTokenDetails;
  const read = count(cacheReadTokens);
  const write = count(cacheWriteTokens);
  total.inputTokens += noCacheTokens === undefined ? Math.max(0, count(said.inputTokens) - read - write) : count(noCacheTokens);
  total.outputTokens += count(said.outputTokens);
  total.cacheReadTokens += read;
  total.cacheWriteTokens += write;
}

/** What a provider says is untrusted: no fraction, nothing below zero, nothing that is no number. */
function count(tokens: number | undefined): number {
  return typeof tokens === "number" && Number.isFinite(tokens) && tokens > 0 ? Math.round(tokens) : 0;
}
