import { join, resolve } from "node:path";
import { claudeClient } from "../adapter/client/claude/claude-client.ts";
import { codexClient } from "../adapter/client/codex/codex-client.ts";
import { geminiClient } from "../adapter/client/gemini/gemini-client.ts";
import { opencodeClient } from "../adapter/client/opencode/opencode-client.ts";
import { exitCode, MosError } from "../contract/error.ts";
import type { AgentClientDriver, ClientFound, ModelProtocol } from "../port/agent-client.ts";
import type { StartRelay } from "../port/relay.ts";
import type { RoleRuntime } from "../port/role-runtime.ts";

interface Provider {
  readonly keyEnv: string;
  readonly addressEnv: string;
  readonly upstream: string;
}

const openAi: Provider = { keyEnv: "OPENAI_API_KEY", addressEnv: "OPENAI_BASE_URL", upstream: "https://api.openai.com" };

/** Where a protocol's requests go, and by which key, where nothing else is named. The key goes into the relay and nowhere else. */
export const providers: Record<ModelProtocol, Provider> = {
  "anthropic-messages": { keyEnv: "ANTHROPIC_API_KEY", addressEnv: "ANTHROPIC_BASE_URL", upstream: "https://api.anthropic.com" },
  "openai-responses": openAi,
  "openai-chat": openAi,
  "google-generate": {
    keyEnv: "GEMINI_API_KEY",
    addressEnv: "GOOGLE_GEMINI_BASE_URL",
    upstream: "https://generativelanguage.googleapis.com",
  },
};

/** Loaded with the first run of a client: no other command pays for it. */
export const startRelay: StartRelay = async (args) => (await import("../adapter/relay/start-relay.ts")).startRelay(args);

/** The clients of somebody else's that Master OS knows how to start, in the order in which they are shown. */
export const clientDrivers: readonly AgentClientDriver[] = [claudeClient, codexClient, opencodeClient, geminiClient];

/** A client as it is on the operator's PATH. */
export function findClient(driver: AgentClientDriver): Promise<ClientFound> {
  return driver.find({ path: process.env.PATH ?? "", folders: [] });
}

const lookedMs = 60_000;

/** The same, kept for a minute: a client is started to be asked its version, and a resident process lives for long. */
export function findRecently(find: () => Promise<ClientFound>): () => Promise<ClientFound> {
  let last: { readonly atMs: number; readonly found: Promise<ClientFound> } | undefined;
  return () => {
    const now = performance.now();
    if (!last || now - last.atMs >= lookedMs) last = { atMs: now, found: find() };
    return last.found;
  };
}

/** Why a runtime cannot start, in words that do not name it: whoever shows them does. */
export type Unready = Extract<Awaited<ReturnType<RoleRuntime["ready"]>>, { ok: false }>;

export function describeMissing(found: Exclude<ClientFound, { kind: "found" }>): Unready {
  return { ok: false, reason: found.kind === "absent" ? "it is not installed here" : found.reason, clears: found.remedy };
}

export function notReady(name: string, { reason, clears }: Unready): MosError {
  return new MosError({ code: "client-not-ready", message: `${name}: ${reason}`, hint: clears, exit: exitCode.needsLogin });
}

/** The hook of the program that runs now, as settings name it. */
export function findHookProgram(): string {
  const here = import.meta.dirname;
  return here.endsWith("/src/entry") ? resolve(here, "../../dist/mos-hook") : join(here, "mos-hook");
}
