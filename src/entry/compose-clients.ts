import { claudeClient } from "../adapter/client/claude/claude-client.ts";
import { codexClient } from "../adapter/client/codex/codex-client.ts";
import { geminiClient } from "../adapter/client/gemini/gemini-client.ts";
import { opencodeClient } from "../adapter/client/opencode/opencode-client.ts";
import type { AgentClientDriver } from "../port/agent-client.ts";

/** Apart from compose.ts: a command that starts no client pays for loading none of this. */
export { startRelay } from "../adapter/relay/start-relay.ts";

/** The clients of somebody else's that Master OS knows how to start, in the order in which they are shown. */
export const clientDrivers: readonly AgentClientDriver[] = [claudeClient, codexClient, opencodeClient, geminiClient];
