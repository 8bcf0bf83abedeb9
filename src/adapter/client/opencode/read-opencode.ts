import { judgeStatus } from "../../../core/relay/judge-status.ts";
import type { ClientReader, ClientReading } from "../../../port/agent-client.ts";
import { createJsonLines, type Fields, readCount, readFields, readText } from "../read-json-lines.ts";

/**
 * Reads `opencode run --format json` of 1.18.33. Usage and cost are told step by step; the cost is by prices that the run's
 * own settings do not have, so it says nothing.
 */
export function readOpencode(): ClientReader {
  let [text, turns, ended] = ["", 0, false];
  let conversation: string | undefined;
  let fault: ClientReading["fault"];
  const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const toolCalls: Record<string, number> = {};
  let said: string[] = [];
  const take = (value: Fields) => {
    conversation = readText(value.sessionID) ?? conversation;
    const part = readFields(value.part);
    if (value.type === "error") fault = findFault(readFields(value.error));
    if (value.type === "text") {
      const words = readText(part.text);
      if (words !== undefined) {
        text = words;
        said.push(words);
      }
    }
    if (value.type === "tool_use") {
      const tool = readText(part.tool) ?? "unknown";
      toolCalls[tool] = (toolCalls[tool] ?? 0) + 1;
    }
    if (value.type === "step_finish") {
      turns += 1;
      ended = part.reason !== "tool-calls";
      const tokens = readFields(part.tokens);
      const cache = readFields(tokens.cache);
      usage.inputTokens += readCount(tokens.input);
      usage.outputTokens += readCount(tokens.output) + readCount(tokens.reasoning);
      usage.cacheReadTokens += readCount(cache.read);
      usage.cacheWriteTokens += readCount(cache.write);
    }
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
      return {
        ...{ text, turns, toolCalls, ended, strange, usage: { ...usage } },
        ...(conversation === undefined ? {} : { conversation }),
        ...(fault === undefined ? {} : { fault }),
      };
    },
  };
}

function findFault(error: Fields): NonNullable<ClientReading["fault"]> {
  const data = readFields(error.data);
  const message = readText(data.message) ?? readText(error.name) ?? "it failed";
  if (typeof data.statusCode !== "number") return { failure: "died", message };
  const seconds = Number(readText(readFields(data.responseHeaders)["retry-after"]));
  return {
    failure: judgeStatus(data.statusCode),
    message,
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  };
}
