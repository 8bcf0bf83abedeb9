import { judgeStatus } from "../../../core/relay/judge-status.ts";
import type { ClientReader, ClientReading } from "../../../port/agent-client.ts";
import { createJsonLines, type Fields, readCount, readFields, readList, readText } from "../read-json-lines.ts";

/**
 * Reads `--output-format stream-json` of 2.1.330. Usage in the result is the run's own; `total_cost_usd` is the whole
 * conversation's. A success without `structured_output` is what it looks like: no output.
 */
export function readClaude(): ClientReader {
  const seen = { text: "", turns: 0, toolCalls: {} as Record<string, number>, messages: new Set<string>() };
  let conversation: string | undefined;
  let result: Fields | undefined;
  let said: string[] = [];
  const take = (value: Fields) => {
    conversation = readText(value.session_id) ?? conversation;
    if (value.type === "result") result = value;
    if (value.type !== "assistant") return;
    const message = readFields(value.message);
    // What a subagent says is its own; its calls are the run's.
    const isMain = value.parent_tool_use_id === null || value.parent_tool_use_id === undefined;
    const id = readText(message.id) ?? "";
    if (isMain && message.model !== "<synthetic>" && !seen.messages.has(id)) {
      seen.messages.add(id);
      seen.turns += 1;
    }
    for (const block of readList(message.content)) {
      const text = block.type === "text" ? readText(block.text) : undefined;
      if (text !== undefined && isMain) {
        seen.text = text;
        said.push(text);
      }
      const name = block.type === "tool_use" ? readText(block.name) : undefined;
      if (name !== undefined) seen.toolCalls[name] = (seen.toolCalls[name] ?? 0) + 1;
    }
  };
  const lines = createJsonLines(take);
  return {
    take: (text) => {
      said = [];
      lines.take(text);
      return said;
    },
    end: () => {
      const strange = lines.end();
      const base = { text: seen.text, turns: seen.turns, toolCalls: seen.toolCalls, strange };
      return { ...base, ...readResult(result), ...(conversation === undefined ? {} : { conversation }) };
    },
  };
}

function readResult(result: Fields | undefined): Pick<ClientReading, "usage" | "ended"> & Partial<ClientReading> {
  const usage = readFields(result?.usage);
  const fault = result === undefined ? undefined : findFault(result);
  const usd = result?.total_cost_usd;
  const output = result?.structured_output;
  return {
    usage: {
      inputTokens: readCount(usage.input_tokens),
      outputTokens: readCount(usage.output_tokens),
      cacheReadTokens: readCount(usage.cache_read_input_tokens),
      cacheWriteTokens: readCount(usage.cache_creation_input_tokens),
    },
    ended: result !== undefined,
    ...(typeof usd === "number" && usd >= 0 ? { usd } : {}),
    ...(output === undefined || output === null ? {} : { output }),
    ...(fault === undefined ? {} : { fault }),
  };
}

function findFault(result: Fields): ClientReading["fault"] {
  const errors = Array.isArray(result.errors) ? result.errors.filter((one) => typeof one === "string") : [];
  const message = (readText(result.result) ?? errors.join("; ")) || String(result.subtype ?? "it ended with an error");
  const status = result.api_error_status;
  if (typeof status === "number") return { failure: judgeStatus(status), message };
  if (result.subtype === "error_max_turns") return { failure: "budget", message: "it used all of its turns" };
  if (result.subtype === "error_max_budget_usd") return { failure: "budget", message: "it used all of its budget" };
  if (result.subtype === "error_max_structured_output_retries") return { failure: "no-output", message };
  return result.is_error === true ? { failure: "died", message } : undefined;
}
