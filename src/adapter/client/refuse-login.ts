import { MosError } from "../../contract/error.ts";
import type { ClientName, ClientRun } from "../../port/agent-client.ts";

/** A login is shown only to clients whose form of it was measured. Throws `login-unsupported`. */
export function refuseLogin(client: ClientName, run: ClientRun): void {
  if (!run.login) return;
  throw new MosError({
    code: "login-unsupported",
    message: `${client} is started with a key alone: its login was not measured`,
    hint: "Give it an API key, which stays in the relay; or use claude, which can be started with its login.",
  });
}
