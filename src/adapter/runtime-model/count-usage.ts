import type { LanguageModelUsage } from "ai";
import type { Usage } from "../../contract/agent.ts";

export function makeUsage(): { -readonly [K in keyof Usage]: Usage[K] } {
  return { requests: 0, inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
}

const tokenChars = 4;

/**
 * Adds an answer's tokens. What the provider gives as a sum (input with what was cached) is taken apart; what it says nothing of,
 * or says was nothing, is estimated by the length of what was asked and said (V4): a bound that cannot see is none.
 */
export function addUsage(
  total: ReturnType<typeof makeUsage>,
  said: LanguageModelUsage | undefined,
  chars: { readonly asked: () => number; readonly said: number },
): void {
  const { cacheReadTokens, cacheWriteTokens, noCacheTokens } = said?.inputTokenDetails ?? {};
  const read = count(cacheReadTokens);
  const write = count(cacheWriteTokens);
  const fresh = noCacheTokens === undefined ? Math.max(0, count(said?.inputTokens) - read - write) : count(noCacheTokens);
  total.inputTokens += fresh + read + write > 0 ? fresh : Math.ceil(chars.asked() / tokenChars);
  total.outputTokens += count(said?.outputTokens) || Math.ceil(chars.said / tokenChars);
  total.cacheReadTokens += read;
  total.cacheWriteTokens += write;
}

/** What a provider says is untrusted: no fraction, nothing below zero, nothing that is no number. */
function count(tokens: number | undefined): number {
  return typeof tokens === "number" && tokens > 0 && tokens <= Number.MAX_SAFE_INTEGER ? Math.round(tokens) : 0;
}
