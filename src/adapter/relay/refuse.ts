import type { ServerResponse } from "node:http";
import type { ModelProtocol } from "../../port/agent-client.ts";

/** Says no in the form in which the client expects an error of the model's, so that it shows it and does not try again. */
export function answerRefusal(
  response: ServerResponse,
  refusal: { protocol: ModelProtocol; status: number; reason: string; retryAfterMs?: number },
): void {
  const message = `mos relay: ${refusal.reason}`;
  const isBusy = refusal.retryAfterMs !== undefined;
  const body =
    refusal.protocol === "anthropic-messages"
      ? { type: "error", error: { type: isBusy ? "rate_limit_error" : "permission_error", message } }
      : { error: { type: isBusy ? "rate_limit_error" : "invalid_request_error", code: "mos_relay", message, param: null } };
  response.writeHead(refusal.status, {
    "content-type": "application/json",
    "x-should-retry": "false",
    connection: "close",
    ...(isBusy ? { "retry-after": String(Math.ceil((refusal.retryAfterMs ?? 0) / 1000)) } : {}),
  });
  response.end(JSON.stringify(body));
}
