import type { ModelProtocol } from "../../port/agent-client.ts";

export type ModelPathJudgement =
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
  "google-generate": [
    { method: "POST", path: /^\/v1(beta)?\/models\/[A-Za-z0-9._-]{1,100}:(streamG|g)enerateContent$/, kind: "model" },
    { method: "POST", path: /^\/v1(beta)?\/models\/[A-Za-z0-9._-]{1,100}:countTokens$/, kind: "count" },
  ],
};
const queryKeys = new Set(["alt", "beta", "limit", "after_id", "before_id", "client_version"]);

/** Whether a path is one of the protocol's own for a model; decided before a body is read. */
export function judgeModelPath(request: {
  protocol: ModelProtocol;
  method: string;
  /** Without the query. */
  path: string;
  query: readonly string[];
}): ModelPathJudgement {
  const found = paths[request.protocol].find((one) => one.path.test(request.path));
  if (!found || found.method !== request.method)
    return { ok: false, status: 404, reason: `${request.method} ${request.path.slice(0, 100)} is no path of the model's` };
  const strange = request.query.find((key) => !queryKeys.has(key));
  if (strange !== undefined) return { ok: false, status: 403, reason: `the query ${strange.slice(0, 40)} is not passed on` };
  return { ok: true, kind: found.kind };
}
