import { claudeClient } from "../adapter/client/claude/claude-client.ts";
import type { ClientFound } from "../port/agent-client.ts";

export { launchOrchestrator } from "../adapter/client/claude/launch-orchestrator.ts";

/** The operator's own Claude Code. Never downloads. */
export async function findClaude(path: string): Promise<ClientFound> {
  return await claudeClient.find({ path, folders: [] });
}
