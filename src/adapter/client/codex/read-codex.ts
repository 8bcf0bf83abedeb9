import { judgeStatus } from "../../../core/relay/judge-status.ts";
import type { ClientReader, ClientReading, ClientRun } from "../../../port/agent-client.ts";
import { createJsonLines, type Fields, readCount, readFields, readText } from "../read-json-lines.ts";
import { dropNulls } from "./strict-schema.ts";

/**
 * Reads `codex exec --json` of 0.169.0. Its output is the last message, under the schema that it was started with. Its usage
 * is of the whole conversation, and it reports no cost.
 */
export function readCodex({ outputSchema }: Pick<ClientRun, "outputSchema">): ClientReader {
  let [text, turns, ended] = ["", 0, false];
  let conversation: string | undefined;
  let usage: Fields = {};
  let fault: ClientReading["fault"];
  const toolCalls: Record<string, number> = {};
  let said: string[] = [];
  const take = (value: Fields) => {
    if (value.type === "thread.started") conversation = readText(value.thread_id);
    if (value.type === "turn.completed") {
      ended = true;
      usage = readFields(value.usage);
    }
    if (value.type === "turn.failed") {
      ended = true;
      fault = findFault(readText(readFields(value.error).message) ?? "it failed");
    }
    if (value.type !== "item.completed") return;
    const item = readFields(value.item);
    const message = item.type === "agent_message" ? readText(item.text) : undefined;
    if (message !== undefined) {
      text = message;
      turns += 1;
      said.push(message);
    }
    const tool = item.type === "mcp_tool_call" ? `${readText(item.server) ?? "mcp"}_${readText(item.tool) ?? ""}` : undefined;
    if (tool !== undefined) toolCalls[tool] = (toolCalls[tool] ?? 0) + 1;
  };
  const lines = createJsonLines(take);
  return {
    take: (piece) => {
      said = [];
      lines.take(piece);
      return said;
    },
    end: () => {
      const strange = lines.end();
      const output = outputSchema && !fault ? parseObject(text) : undefined;
      const cached = readCount(usage.cached_input_tokens);
      const written = readCount(usage.cache_write_input_tokens);
      return {
        text,
        turns,
        toolCalls,
        ended,
        strange,
        usage: {
          inputTokens: Math.max(0, readCount(usage.input_tokens) - cached - written),
          outputTokens: readCount(usage.output_tokens),
          cacheReadTokens: cached,
          cacheWriteTokens: written,
        },
        ...(output === undefined ? {} : { output: dropNulls(output, outputSchema) }),
        ...(conversation === undefined ? {} : { conversation }),
        ...(fault === undefined ? {} : { fault }),
      };
    },
  };
}

/** It says the provider's answer in words alone, and of an error of the server's not even the number. */
function findFault(message: string): ClientReading["fault"] {
  const status = /\bstatus:? (\d{3})\b/.exec(message)?.[1];
  if (status !== undefined) return { failure: judgeStatus(Number(status)), message };
  if (/high demand|overloaded/i.test(message)) return { failure: "overload", message };
  return { failure: "died", message };
}

function parseObject(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
