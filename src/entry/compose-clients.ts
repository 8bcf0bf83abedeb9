import { join, resolve } from "node:path";
import { claudeClient } from "../adapter/client/claude/claude-client.ts";
import { codexClient } from "../adapter/client/codex/codex-client.ts";
import { geminiClient } from "../adapter/client/gemini/gemini-client.ts";
import { opencodeClient } from "../adapter/client/opencode/opencode-client.ts";
import type { AgentClientDriver, ClientFound } from "../port/agent-client.ts";
import type { StartRelay } from "../port/relay.ts";

/** Loaded with the first run of a client: no other command pays for it. */
export const startRelay: StartRelay = async (args) => (await import("../adapter/relay/start-relay.ts")).startRelay(args);

/** The clients of somebody else's that Master OS knows how to start, in the order in which they are shown. */
export const clientDrivers: readonly AgentClientDriver[] = [claudeClient, codexClient, opencodeClient, geminiClient];

/** A client as it is on the operator's PATH. */
export function findClient(driver: AgentClientDriver): Promise<ClientFound> {
  return driver.find({ path: process.env.PATH ?? "", folders: [] });
}

/** The hook of the program that runs now, as settings name it. */
export function findHookProgram(): string {
  const here = import.meta.dirname;
  return here.endsWith("/src/entry") ? resolve(here, "../../dist/mos-hook") : join(here, "mos-hook");
}
