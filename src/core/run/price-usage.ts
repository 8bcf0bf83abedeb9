import type { AgentRun, CostEstimate, Usage } from "../../contract/agent.ts";
import type { Price } from "../../contract/config.ts";
import { sumTokens } from "./sum-tokens.ts";

export type Prices = Readonly<Record<string, Price>>;

/**
 * Dollars by mos.yaml's prices (V2): each of the four kinds of token by its own price, which are disjoint. `undefined` where no
 * price fits: what a model costs that nobody has priced is not known, and not nothing.
 */
export function priceUsage(usage: Usage, model: string | undefined, prices: Prices): CostEstimate | undefined {
  const price = findPrice(prices, model);
  if (!price) return undefined;
  const micro =
    usage.inputTokens * price.input +
    usage.outputTokens * price.output +
    usage.cacheReadTokens * price.cacheRead +
    usage.cacheWriteTokens * price.cacheWrite;
  return { usd: micro / 1_000_000, source: "prices" };
}

/** A model's own line, else the one with the longest beginning and a star: `claude-opus-*` before `claude-*` before `*`. */
export function findPrice(prices: Prices, model: string | undefined): Price | undefined {
  const name = model ?? "";
  if (Object.hasOwn(prices, name)) return prices[name];
  const fitting = Object.keys(prices).filter((pattern) => pattern.endsWith("*") && name.startsWith(pattern.slice(0, -1)));
  const longest = fitting.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : prices[longest];
}

/**
 * What a run counts for against a budget of money: the client's figure or that of the prices, whichever is larger. `undefined`
 * where it used tokens and neither is known.
 */
export function countCost(run: Pick<AgentRun, "usage" | "cost" | "model">, prices: Prices): number | undefined {
  const priced = priceUsage(run.usage, run.model, prices)?.usd;
  if (run.cost === undefined && priced === undefined) return sumTokens(run.usage) === 0 ? 0 : undefined;
  return Math.max(run.cost?.usd ?? 0, priced ?? 0);
}
