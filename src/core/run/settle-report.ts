import type { CostEstimate, Usage } from "../../contract/agent.ts";
import type { Played } from "../../port/role-runtime.ts";

/** More than any run can use, and few enough that thousands of them can be added. */
const countMax = 1_000_000_000_000;
const usdMax = 1_000_000;
const toolsMax = 200;

type RunReport = Pick<Played, "usage" | "turns" | "toolCalls" | "cost" | "version" | "conversation">;

/**
 * What a runtime says of its own run, as a row can hold it (V11): a client's words are untrusted, and one figure that is none
 * must not keep the rest from being counted. What is no number counts nothing, what is absurd counts as much as there can be.
 */
export function settleReport({ usage, cost, version, turns, toolCalls, conversation }: RunReport): RunReport {
  const settledCost = settleCost(cost);
  const names = Object.entries(toolCalls).filter(([name]) => /^[\w.:/-]{1,128}$/.test(name));
  return {
    usage: settleUsage(usage),
    turns: settleCount(turns),
    toolCalls: Object.fromEntries(names.slice(0, toolsMax).map(([name, count]) => [name, settleCount(count)])),
    ...(settledCost === undefined ? {} : { cost: settledCost }),
    ...(version !== undefined && isPlain(version, 100) ? { version } : {}),
    ...(conversation !== undefined && isPlain(conversation, 200) ? { conversation } : {}),
  };
}

export function settleUsage(usage: Usage): Usage {
  return {
    requests: settleCount(usage.requests),
    inputTokens: settleCount(usage.inputTokens),
    outputTokens: settleCount(usage.outputTokens),
    cacheReadTokens: settleCount(usage.cacheReadTokens),
    cacheWriteTokens: settleCount(usage.cacheWriteTokens),
  };
}

function settleCount(count: number): number {
  return typeof count === "number" && count > 0 ? Math.min(countMax, Math.ceil(count)) : 0;
}

/** One that is no number says nothing: the prices of mos.yaml do, where they fit. */
function settleCost(cost: CostEstimate | undefined): CostEstimate | undefined {
  return cost !== undefined && cost.usd >= 0 ? { ...cost, usd: Math.min(usdMax, cost.usd) } : undefined;
}

function isPlain(text: string, charsMax: number): boolean {
  return text.length <= charsMax && !/\p{C}/u.test(text);
}
