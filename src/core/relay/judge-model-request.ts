import type { ModelProtocol } from "../../port/agent-client.ts";

export type ModelRequestJudgement =
  /** `model`: costs tokens and is metered. */
  | { readonly ok: true; readonly kind: "model" | "count" | "list" }
  | { readonly ok: false; readonly status: 403 | 404; readonly reason: string };

interface ModelPath {
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  readonly kind: "model" | "count" | "list";
}

const listModels: ModelPath = { method: "GET", path: /^\/v1\/models(\/[A-Za-z0-9._-]{1,100})?$/, kind: "list" };
const paths: Record<ModelProtocol, readonly ModelPath[]> = {
  "anthropic-messages": [
    { method: "POST", path: /^\/v1\/messages$/, kind: "model" },
    { method: "POST", path: /^\/v1\/messages\/count_tokens$/, kind: "count" },
    listModels,
  ],
  "openai-responses": [{ method: "POST", path: /^\/v1\/responses$/, kind: "model" }, listModels],
  "openai-chat": [{ method: "POST", path: /^\/v1\/chat\/completions$/, kind: "model" }, listModels],
};
const queryKeys = new Set(["beta", "limit", "after_id", "before_id", "client_version"]);

/** Whether a path is one of the protocol's own for a model; decided before a body is read. */
export function judgeModelPath(request: {
  protocol: ModelProtocol;
  method: string;
  /** Without the query. */
  path: string;
  query: readonly string[];
}): ModelRequestJudgement {
  const found = paths[request.protocol].find((one) => one.path.test(request.path));
  if (!found || found.method !== request.method)
    return { ok: false, status: 404, reason: `${request.method} ${request.path.slice(0, 100)} is no path of the model's` };
  const strange = request.query.find((key) => !queryKeys.has(key));
  if (strange !== undefined) return { ok: false, status: 403, reason: `the query ${strange.slice(0, 40)} is not passed on` };
  return { ok: true, kind: found.kind };
}

/** Tools that run in the client. Everything else is run by the provider, which reaches what the box does not. */
const clientTools: Record<ModelProtocol, ReadonlySet<string>> = {
  "anthropic-messages": new Set(["custom"]),
  "openai-responses": new Set(["function", "custom", "local_shell", "shell", "apply_patch", "namespace", "tool_search"]),
  "openai-chat": new Set(["function", "custom"]),
};
/** State kept with the provider: under one key it may be another domain's. */
const keptState = ["previous_response_id", "conversation", "container", "mcp_servers", "prompt", "batch_id"];

/**
 * Whether a body asks for what a model does in its answer alone. Tools that the provider runs (web search, code, MCP) are
 * ways out of the box, and state or files kept with the provider are ways into another silo.
 */
export function judgeModelBody(protocol: ModelProtocol, body: unknown): { ok: true } | { ok: false; reason: string } {
  if (!isRecord(body)) return { ok: false, reason: "the body is no JSON object" };
  for (const key of keptState) {
    const value = body[key];
    if (value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0))
      return { ok: false, reason: `${key} names what is kept with the provider: send the whole conversation instead` };
  }
  if (body.store === true) return { ok: false, reason: "store keeps the conversation with the provider: it must be false" };
  if (body.background === true) return { ok: false, reason: "background keeps the conversation with the provider" };
  for (const tool of Array.isArray(body.tools) ? body.tools : []) {
    const type = isRecord(tool) ? tool.type : undefined;
    if (isRecord(tool) && (type === undefined || type === null) && protocol === "anthropic-messages") continue;
    if (typeof type !== "string" || !isClientTool(protocol, type))
      return { ok: false, reason: `the tool ${String(type).slice(0, 60)} is run by the provider, which reaches what the box does not` };
  }
  const file = findProviderFile(protocol === "openai-responses" ? body.input : body.messages);
  return file === undefined
    ? { ok: true }
    : { ok: false, reason: `${file} names a file or address for the provider to read: send its content` };
}

function isClientTool(protocol: ModelProtocol, type: string): boolean {
  return (
    clientTools[protocol].has(type) || (protocol === "anthropic-messages" && /^(tool_search_tool|text_editor|bash|memory)_/.test(type))
  );
}

/** Content blocks only: what a tool was given or gave is text to the provider. */
function findProviderFile(turns: unknown): string | undefined {
  const look = (value: unknown, depth: number): string | undefined => {
    if (depth > 6) return "what is nested too deep to be read";
    if (Array.isArray(value)) {
      for (const one of value) {
        const found = look(one, depth + 1);
        if (found) return found;
      }
      return undefined;
    }
    if (!isRecord(value)) return undefined;
    if (typeof value.file_id === "string") return "file_id";
    if (typeof value.file_url === "string") return "file_url";
    const image = isRecord(value.image_url) ? value.image_url.url : value.image_url;
    if (typeof image === "string" && !image.startsWith("data:")) return "image_url";
    if (isRecord(value.source)) {
      if (value.source.type === "url") return "source.url";
      if (value.source.type === "file") return "source.file_id";
    }
    return look(value.content, depth + 1) ?? look(value.file, depth + 1) ?? look(value.output, depth + 1);
  };
  return look(turns, 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
