import { asList, asText, type Dialect, halve, type Reply, readText } from "./dialect.ts";
import { openAiError } from "./openai-error.ts";

/** `POST /v1/chat/completions`. */
export const openAiChat: Dialect = {
  protocol: "openai-chat",
  takes: (path) => path.endsWith("/chat/completions"),
  read(body) {
    const messages = asList(body.messages);
    const first = messages.findIndex(({ role }) => role === "assistant");
    const before = (first === -1 ? messages : messages.slice(0, first)).filter(({ role }) => role === "user");
    return {
      model: asText(body.model),
      stream: body.stream === true,
      firstUser: before.map(({ content }) => readText(content)).join("\n"),
      turn: messages.filter(({ role }) => role === "assistant").length,
      tools: asList(body.tools).map((tool) => ({
        name: asText((tool.function as { name?: unknown } | undefined)?.name) || asText(tool.type),
      })),
      results: messages
        .filter(({ role }) => role === "tool")
        .map((one) => ({ id: asText(one.tool_call_id), isError: false, text: readText(one.content) })),
    };
  },
  stream(reply) {
    const chunk = (delta: object, finish: string | null = null, more: object = {}) =>
      `data: ${JSON.stringify({ ...envelope(reply), object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;
    return [
      chunk({ role: "assistant", content: "" }),
      ...halve(reply.text ?? "").map((content) => chunk({ content })),
      ...reply.calls.flatMap(({ id, name, input }, index) => [
        chunk({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] }),
        ...halve(JSON.stringify(input)).map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ]),
      chunk({}, finishOf(reply), { usage: usageOf(reply) }),
      "data: [DONE]\n\n",
    ];
  },
  whole: (reply) => ({
    ...envelope(reply),
    object: "chat.completion",
    choices: [{ index: 0, message: messageOf(reply), finish_reason: finishOf(reply) }],
    usage: usageOf(reply),
  }),
  error: openAiError,
};

function envelope({ id, model }: Reply) {
  return { id: `chatcmpl-${id}`, created: 1, model };
}

function messageOf({ text, calls }: Reply) {
  const made = calls.map(({ id, name, input }) => ({ id, type: "function", function: { name, arguments: JSON.stringify(input) } }));
  return { role: "assistant", content: text ?? null, ...(made.length > 0 ? { tool_calls: made } : {}) };
}

function finishOf({ calls }: Reply): string {
  return calls.length > 0 ? "tool_calls" : "stop";
}

function usageOf({ usage }: Reply) {
  const cached = usage.cacheRead ?? 0;
  const prompt = usage.input + cached;
  return {
    prompt_tokens: prompt,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
  };
}
