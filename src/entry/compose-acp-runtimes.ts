import { join } from "node:path";
import { type AcpClient, createAcpClient } from "../adapter/client/acp/acp-client.ts";
import { createProbedAgent } from "../app/client/client-state.ts";
import { createClientRoleRuntime } from "../app/client-role-runtime.ts";
import type { RuntimeConfig } from "../contract/config.ts";
import { exitCode, MosError } from "../contract/error.ts";
import type { ClientFound, ModelProtocol } from "../port/agent-client.ts";
import type { RoleRuntime } from "../port/role-runtime.ts";
import type { World } from "../port/world.ts";
import { findHookProgram, startRelay } from "./compose-clients.ts";

type AcpConfig = Extract<RuntimeConfig, { kind: "acp" }>;

/** Where a protocol's requests go, and by which key, where mos.yaml names neither. */
const providers: Record<ModelProtocol, { readonly keyEnv: string; readonly upstream: string }> = {
  "anthropic-messages": { keyEnv: "ANTHROPIC_API_KEY", upstream: "https://api.anthropic.com" },
  "openai-responses": { keyEnv: "OPENAI_API_KEY", upstream: "https://api.openai.com" },
  "openai-chat": { keyEnv: "OPENAI_API_KEY", upstream: "https://api.openai.com" },
  "google-generate": { keyEnv: "GEMINI_API_KEY", upstream: "https://generativelanguage.googleapis.com" },
};
/** Told to a server that wants none. */
const noKey = "none";

/**
 * The agents that speak ACP and that mos.yaml names. Each is looked for, and its key read, when a run begins; the key goes into
 * the relay and nowhere else.
 *
 * @param world  given when the first run begins: it holds these runtimes itself
 */
export function composeAcpRuntimes(runtimes: World["workspace"]["config"]["runtimes"], world: () => World): Record<string, RoleRuntime> {
  return Object.fromEntries(
    Object.entries(runtimes).flatMap(([name, config]) => (config.kind === "acp" ? [[name, composeOne(name, config, world)]] : [])),
  );
}

function composeOne(name: string, config: AcpConfig, world: () => World): RoleRuntime {
  const driver = createAcpClient(name, config);
  const find = findRecently(driver);
  return createClientRoleRuntime({
    driver,
    client: createProbedAgent({ driver, find, store: () => world().store }),
    ready: async () => {
      const key = readKey(config);
      if (key.kind === "missing") return { ok: false, reason: `${name} has no key here`, clears: `${key.variable} is set where mos runs` };
      const found = await find();
      if (found.kind === "found") return { ok: true, version: found.version };
      return { ok: false, reason: `${name}: ${describeMissing(found)}`, clears: found.remedy };
    },
    open: async () => {
      const key = readKey(config);
      if (key.kind === "missing") throw notReady(name, "it has no key here", `Set ${key.variable}.`);
      const found = await find();
      if (found.kind !== "found") throw notReady(name, describeMissing(found), found.remedy);
      return {
        world: world(),
        setup: {
          ...{ found, startRelay, upstream: (config.upstream ?? providers[config.protocol].upstream).replace(/\/v1\/?$/, "") },
          credential: { kind: "key", key: key.key },
          hookProgram: join(findHookProgram(), "../hook.cjs"),
        },
      };
    },
  });
}

const lookedMs = 60_000;

/** It is started to be asked its version, so not with each role anew: a resident process lives for long. */
function findRecently(driver: AcpClient): () => Promise<ClientFound> {
  let last: { readonly atMs: number; readonly found: Promise<ClientFound> } | undefined;
  return () => {
    const now = performance.now();
    if (!last || now - last.atMs >= lookedMs) last = { atMs: now, found: driver.find({ path: process.env.PATH ?? "", folders: [] }) };
    return last.found;
  };
}

/** A provider's own key is for its own address alone. */
function readKey({ keyEnv, upstream, protocol }: AcpConfig): { kind: "key"; key: string } | { kind: "missing"; variable: string } {
  const variable = keyEnv ?? (upstream === undefined ? providers[protocol].keyEnv : undefined);
  if (variable === undefined) return { kind: "key", key: noKey };
  const key = process.env[variable] ?? "";
  return key === "" ? { kind: "missing", variable } : { kind: "key", key };
}

function describeMissing(found: Exclude<ClientFound, { kind: "found" }>): string {
  return found.kind === "absent" ? "it is not installed here" : found.reason;
}

function notReady(name: string, reason: string, hint: string): MosError {
  return new MosError({ code: "client-not-ready", message: `${name}: ${reason}`, hint, exit: exitCode.needsLogin });
}
