import { asList, asText, type Conversation, type Dialect, halve, type OfferedTool, type Reply, readText } from "./dialect.ts";
import { openAiError } from "./openai-error.ts";

/** `POST /v1/responses`. */
export const openAiResponses: Dialect = {
  protocol: "openai-responses",
  takes: (path) => path.endsWith("/responses"),
  read(body) {
    const input = typeof body.input === "string" ? [{ type: "message", role: "user", content: body.input }] : asList(body.input);
    // A client may offer its tools among the items of the conversation.
    const added = input.filter(({ type }) => type === "additional_tools").flatMap(({ tools }) => asList(tools));
    const first = input.findIndex(isAnswer);
    const before = (first === -1 ? input : input.slice(0, first)).filter(({ role }) => role === "user");
    return {
      model: asText(body.model),
      stream: body.stream === true,
      firstUser: before.map(({ content }) => readText(content)).join("\n"),
      turn: countTurns(input),
      tools: [...asList(body.tools), ...added].flatMap(readTool),
      results: input.filter(({ type }) => asText(type).endsWith("_output")).map(readResult),
    };
  },
  stream(reply) {
    let sequence = 0;
    const event = (type: string, rest: object) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...rest })}\n\n`;
    const items = itemsOf(reply);
    return [
      event("response.created", { response: { ...envelope(reply), status: "in_progress", output: [], usage: null } }),
      ...items.flatMap((item, output_index) => streamItem(item, output_index, event)),
      event("response.completed", { response: openAiResponses.whole(reply) }),
    ];
  },
  whole: (reply) => ({ ...envelope(reply), status: "completed", output: itemsOf(reply), usage: usageOf(reply) }),
  error: openAiError,
};

const answerTypes = new Set(["function_call", "custom_tool_call", "local_shell_call", "reasoning"]);

function isAnswer(item: Record<string, unknown>): boolean {
  return item.role === "assistant" || answerTypes.has(asText(item.type));
}

/**
 * Answers stand as runs of the model's items. A client may lay the calls of one answer apart, each before its own result: then
 * the second piece has the number of a request that was counted already.
 */
function countTurns(input: readonly Record<string, unknown>[]): number {
  const seen = new Set<string>();
  let turns = 0;
  let inRun = false;
  for (const item of input) {
    if (!isAnswer(item)) {
      inRun = false;
      continue;
    }
    const of = /^call_(\d+)_/.exec(asText(item.call_id))?.[1];
    if (!inRun && !(of !== undefined && seen.has(of))) turns++;
    if (of !== undefined) seen.add(of);
    inRun = true;
  }
  return turns;
}

function readTool(tool: Record<string, unknown>): OfferedTool[] {
  const name = asText(tool.name) || asText(tool.type);
  if (tool.type === "namespace")
    return asList(tool.tools)
      .flatMap(readTool)
      .map((one) => ({ ...one, namespace: name }));
  return [tool.type === "custom" ? { name, custom: true } : { name }];
}

function readResult(item: Record<string, unknown>): Conversation["results"][number] {
  return { id: asText(item.call_id), isError: false, text: readText(item.output) };
}

function envelope({ id, model }: Reply) {
  return { id: `resp_${id}`, object: "response", created_at: 1, model, error: null, incomplete_details: null, parallel_tool_calls: true };
}

type Item = { type: string; id: string; [key: string]: unknown };

function itemsOf({ id, text, calls }: Reply): Item[] {
  const message: Item[] =
    text === undefined
      ? []
      : [
          {
            type: "message",
            id: `msg_${id}`,
            status: "completed",
            role: "assistant",
            content: [{ type: "output_text", text, annotations: [] }],
          },
        ];
  return [...message, ...calls.map(callItem)];
}

function callItem(call: Reply["calls"][number]): Item {
  const common = {
    status: "completed",
    call_id: call.id,
    ...(call.tool?.namespace ? { namespace: call.tool.namespace } : {}),
    name: call.name,
  };
  if (call.tool?.custom) return { type: "custom_tool_call", id: `ctc_${call.id}`, ...common, input: asText(call.input.input) };
  return { type: "function_call", id: `fc_${call.id}`, ...common, arguments: JSON.stringify(call.input) };
}

function streamItem(item: Item, output_index: number, event: (type: string, rest: object) => string): string[] {
  const at = { item_id: item.id, output_index };
  const done = () => event("response.output_item.done", { output_index, item });
  if (item.type === "message") {
    const [part] = item.content as { text: string }[];
    const text = part?.text ?? "";
    return [
      event("response.output_item.added", { output_index, item: { ...item, status: "in_progress", content: [] } }),
      event("response.content_part.added", { ...at, content_index: 0, part: { ...part, text: "" } }),
      ...halve(text).map((delta) => event("response.output_text.delta", { ...at, content_index: 0, delta })),
      event("response.output_text.done", { ...at, content_index: 0, text }),
      event("response.content_part.done", { ...at, content_index: 0, part }),
      done(),
    ];
  }
  const [field, name] = item.type === "function_call" ? ["arguments", "function_call_arguments"] : ["input", "custom_tool_call_input"];
  const whole = asText(item[field as string]);
  return [
    event("response.output_item.added", { output_index, item: { ...item, status: "in_progress", [field as string]: "" } }),
    ...halve(whole).map((delta) => event(`response.${name}.delta`, { ...at, delta })),
    event(`response.${name}.done`, { ...at, [field as string]: whole }),
    done(),
  ];
}

function usageOf({ usage: { input: fresh, output, cacheRead = 0 } }: Reply) {
  const input = fresh + cacheRead;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  };
}
