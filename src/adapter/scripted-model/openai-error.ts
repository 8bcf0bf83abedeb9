import type { ScriptedTurn } from "../../contract/model-script.ts";

/** Both of OpenAI's forms say errors so. */
export function openAiError({ status, text }: ScriptedTurn & { status: number }): unknown {
  const type = status === 429 ? "rate_limit_error" : status < 500 ? "invalid_request_error" : "server_error";
  return { error: { message: text ?? "as the script says", type, param: null, code: status === 429 ? "rate_limit_exceeded" : null } };
}
