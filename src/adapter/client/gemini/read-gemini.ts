import { judgeStatus } from "../../../core/relay/judge-status.ts";
import type { ClientReader, ClientReading } from "../../../port/agent-client.ts";
import { createJsonLines, type Fields, readCount, readFields, readText } from "../read-json-lines.ts";

/** Reads `--output-format stream-json` by the documentation of 0.61: init, message, tool_use, tool_result, error, result. */
export function readGemini(): ClientReader {
  let [text, turns, ended, speaking] = ["", 0, false, false];
  let conversation: string | undefined;
  let stats: Fields = {};
  let fault: ClientReading["fault"];
  const toolCalls: Record<string, number> = {};
  let said: string[] = [];
  const take = (value: Fields) => {
    if (value.type === "init") conversation = readText(value.session_id);
    const words = value.type === "message" && value.role === "assistant" ? readText(value.content) : undefined;
    if (words !== undefined) {
      if (!speaking) turns += 1;
      text = speaking && value.delta === true ? text + words : words;
      said.push(words);
    }
    speaking = words !== undefined;
    if (value.type === "tool_use") {
      const tool = readText(value.tool_name) ?? "unknown";
      toolCalls[tool] = (toolCalls[tool] ?? 0) + 1;
    }
    if (value.type === "error" && value.severity === "error") fault = findFault(readText(value.message) ?? "it failed");
    if (value.type === "result") {
      ended = true;
      stats = readFields(value.stats);
      if (value.status !== "success") fault = findFault(readText(readFields(value.error).message) ?? fault?.message ?? "it failed");
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
      const cached = readCount(stats.cached);
      return {
        ...{ text, turns, toolCalls, ended, strange },
        usage: {
          inputTokens: Math.max(0, readCount(stats.input_tokens) - cached),
          outputTokens: readCount(stats.output_tokens),
          cacheReadTokens: cached,
          cacheWriteTokens: 0,
        },
        ...(conversation === undefined ? {} : { conversation }),
        ...(fault === undefined ? {} : { fault }),
      };
    },
  };
}

function findFault(message: string): NonNullable<ClientReading["fault"]> {
  const status = /\b(4\d\d|5\d\d)\b/.exec(message)?.[1];
  return { failure: status === undefined ? "died" : judgeStatus(Number(status)), message };
}
