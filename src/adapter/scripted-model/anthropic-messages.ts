import { asList, asText, type Dialect, halve, type Reply, readText } from "./dialect.ts";

/** `POST /v1/messages`. */
export const anthropicMessages: Dialect = {
  protocol: "anthropic-messages",
  takes: (path) => path.endsWith("/v1/messages"),
  read(body) {
    const messages = asList(body.messages);
    const answers = messages.filter(({ role }) => role === "assistant");
    const first = messages.findIndex(({ role }) => role === "assistant");
    const before = (first === -1 ? messages : messages.slice(0, first)).filter(({ role }) => role === "user");
    return {
      model: asText(body.model),
      stream: body.stream === true,
      firstUser: before.map(({ content }) => readText(content)).join("\n"),
      turn: answers.length,
      tools: asList(body.tools).map((tool) => ({ name: asText(tool.name) || asText(tool.type) })),
      results: messages
        .flatMap(({ content }) => asList(content))
        .filter(({ type }) => type === "tool_result")
        .map((one) => ({ id: asText(one.tool_use_id), isError: one.is_error === true, text: readText(one.content) })),
    };
  },
  stream(reply) {
    const { usage } = reply;
    const blocks = contentOf(reply);
    return [
      event("message_start", {
        message: { ...envelope(reply), content: [], stop_reason: null, usage: { ...usageOf(reply), output_tokens: 0 } },
      }),
      ...blocks.flatMap((block, index) => [
        event("content_block_start", { index, content_block: block.type === "text" ? { ...block, text: "" } : { ...block, input: {} } }),
        ...halve(block.type === "text" ? block.text : JSON.stringify(block.input)).map((piece) =>
          event("content_block_delta", {
            index,
            delta: block.type === "text" ? { type: "text_delta", text: piece } : { type: "input_json_delta", partial_json: piece },
          }),
        ),
        event("content_block_stop", { index }),
      ]),
      event("message_delta", { delta: { stop_reason: stopReason(reply), stop_sequence: null }, usage: { output_tokens: usage.output } }),
      event("message_stop", {}),
    ];
  },
  whole: (reply) => ({ ...envelope(reply), content: contentOf(reply), stop_reason: stopReason(reply), usage: usageOf(reply) }),
  error: ({ status, text }) => ({
    type: "error",
    error: { type: errorTypes[status] ?? "api_error", message: text ?? "as the script says" },
  }),
};

const errorTypes: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

function envelope({ id, model }: Reply) {
  return { id: `msg_${id}`, type: "message", role: "assistant", model, stop_sequence: null };
}

type Block = { type: "text"; text: string } | { type: "tool_use"; id: string; name: string; input: Record<string, unknown> };

function contentOf({ text, calls }: Reply): Block[] {
  return [
    ...(text === undefined ? [] : [{ type: "text" as const, text }]),
    ...calls.map(({ id, name, input }) => ({ type: "tool_use" as const, id, name, input })),
  ];
}

function stopReason({ calls }: Reply): string {
  return calls.length > 0 ? "tool_use" : "end_turn";
}

function usageOf({ usage }: Reply) {
  return {
    input_tokens: usage.input,
    output_tokens: usage.output,
    cache_creation_input_tokens: usage.cacheWrite ?? 0,
    cache_read_input_tokens: usage.cacheRead ?? 0,
  };
}

function event(type: string, rest: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
}
