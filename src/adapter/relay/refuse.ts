import type { ServerResponse } from "node:http";
import type { ModelProtocol } from "../../port/agent-client.ts";

/** Says no in the form in which the client expects an error of the model's, so that it shows it and does not try again. */
export function answerRefusal(response: ServerResponse, refusal: { protocol: ModelProtocol; status: number; reason: string }): void {
  const message = `mos relay: ${refusal.reason}`;
  const body =
    refusal.protocol === "anthropic-messages"
      ? { type: "error", error: { type: "permission_error", message } }
      : { error: { type: "invalid_request_error", code: "mos_relay", message, param: null } };
  response.writeHead(refusal.status, { "content-type": "application/json", "x-should-retry": "false", connection: "close" });
  response.end(JSON.stringify(body));
}
