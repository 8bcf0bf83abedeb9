import { createHash } from "node:crypto";
import { ModelRole } from "../../contract/agent.ts";
import { rolePalettes } from "../../core/role/role-table.ts";
import type { AgentClientDriver, ClientLaunch } from "../../port/agent-client.ts";
import { treeInBox } from "../../port/slot.ts";

type Launcher = Pick<AgentClientDriver, "launch">;

/** A fingerprint of how Master OS starts each role in this client. What a role is told, and what it is to give, is not in it. */
export function describeStart(driver: Launcher): string {
  const launches = ModelRole.options.map((role) => launch(driver, role));
  return createHash("sha256").update(JSON.stringify(launches)).digest("hex").slice(0, 16);
}

/** One that cannot be started by its configuration is not started in the way that was seen. */
function launch(driver: Launcher, role: ModelRole): ClientLaunch | string {
  try {
    return driver.launch({
      ...{ role, domain: "d", ticket: "D-1", prompt: "", system: "", tree: treeInBox, relay: "http://127.0.0.1:3129", token: "t" },
      ...{ configDir: "/opt/mos/run", hook: ["hook"], maxTurns: 1, conversation: {} },
      ...{ tools: rolePalettes[role].tools, outputSchema: { type: "object" } },
    });
  } catch (error) {
    return `not to be started: ${error instanceof Error ? error.message : String(error)}`;
  }
}
