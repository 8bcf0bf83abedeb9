import type { ModelProtocol } from "../../port/agent-client.ts";

type Refusal = string | undefined;
type Fields = Readonly<Record<string, unknown>>;

/** State kept with the provider: under one key it may be another domain's. */
const keptState = [
  "previous_response_id",
  "conversation",
  "container",
  "mcp_servers",
  "prompt",
  "batch_id",
  "cachedContent",
  "cached_content",
];

/**
 * Whether a body asks for what a model does in its answer alone. Tools that the provider runs (web search, code, MCP) are
 * ways out of the box, and state or files kept with the provider are ways into another silo.
 */
export function judgeModelBody(protocol: ModelProtocol, body: unknown): { ok: true } | { ok: false; reason: string } {
  const reason = isFields(body) ? refuseBody(protocol, body) : "the body is no JSON object";
  return reason === undefined ? { ok: true } : { ok: false, reason };
}

function refuseBody(protocol: ModelProtocol, body: Fields): Refusal {
  const kept = keptState.find((key) => !isNothing(body[key]));
  if (kept) return `${kept} names what is kept with the provider: send the whole conversation instead`;
  for (const key of ["store", "background"])
    if (body[key] === true) return `${key} keeps the conversation with the provider: it must be false`;
  const turns = {
    "anthropic-messages": body.messages,
    "openai-responses": body.input,
    "openai-chat": body.messages,
    "google-generate": body.contents,
  };
  const tool =
    findProviderTool(protocol, body.tools) ??
    listOf(turns[protocol])
      .map((turn) => findProviderTool(protocol, turn.tools))
      .find(isFound);
  if (tool) return `the tool ${tool.slice(0, 60)} is run by the provider, which reaches what the box does not`;
  const file = findProviderFile(turns[protocol], 0) ?? findProviderFile(body.system, 0);
  return file && `${file} names what the provider is to read elsewhere: send its content`;
}

/** Tools that run in the client. Everything else is run by the provider. */
const clientTools: Record<Exclude<ModelProtocol, "google-generate">, RegExp> = {
  "anthropic-messages": /^(custom|(tool_search_tool|text_editor|bash|memory)_[a-z0-9_]+)$/,
  "openai-responses": /^(function|custom|local_shell|shell|apply_patch|tool_search|namespace)$/,
  "openai-chat": /^(function|custom)$/,
};

function findProviderTool(protocol: ModelProtocol, tools: unknown): Refusal {
  for (const tool of Array.isArray(tools) ? tools : isNothing(tools) ? [] : [tools]) {
    if (!isFields(tool)) return "that is no object";
    if (protocol === "google-generate") {
      const strange = Object.keys(tool).find((key) => !/^function_?[dD]eclarations$/.test(key));
      if (strange !== undefined) return strange;
      continue;
    }
    // Only Anthropic's own form leaves the type of a client's tool out.
    const type = tool.type ?? (protocol === "anthropic-messages" ? "custom" : undefined);
    if (typeof type !== "string" || !clientTools[protocol].test(type)) return String(type);
    const inside = findProviderTool(protocol, tool.tools);
    if (inside) return inside;
  }
  return undefined;
}

const nestingMax = 8;

/** Content blocks only: what a tool was given or gave is text to the provider. */
function findProviderFile(value: unknown, depth: number): Refusal {
  if (depth > nestingMax) return "what is nested too deep to be read";
  if (Array.isArray(value)) return value.map((one) => findProviderFile(one, depth + 1)).find(isFound);
  if (!isFields(value)) return undefined;
  if (value.type === "item_reference") return "item_reference";
  const named = ["file_id", "file_url", "fileData", "file_data_uri", "fileUri"].find((key) => !isNothing(value[key]));
  if (named) return named;
  const image = isFields(value.image_url) ? value.image_url.url : value.image_url;
  if (typeof image === "string" && !image.startsWith("data:")) return "image_url";
  if (isFields(value.source) && (value.source.type === "url" || value.source.type === "file"))
    return `a source of type ${value.source.type}`;
  return ["content", "file", "output", "parts"].map((key) => findProviderFile(value[key], depth + 1)).find(isFound);
}

function isFound(found: Refusal): found is string {
  return found !== undefined;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
