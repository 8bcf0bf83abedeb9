import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { createAgentClient } from "../app/client/client-state.ts";
import { type ClientSetup, createClientRoleRuntime } from "../app/client-role-runtime.ts";
import type { ClientCredential } from "../app/run-client.ts";
import { exitCode, MosError } from "../contract/error.ts";
import type { AgentClientDriver, ClientFound, ClientName } from "../port/agent-client.ts";
import type { RoleRuntime } from "../port/role-runtime.ts";
import type { World } from "../port/world.ts";
import { composeAcpRuntimes } from "./compose-acp-runtimes.ts";
import { clientDrivers, findClient, findHookProgram, startRelay } from "./compose-clients.ts";
import { composeModelRuntimes } from "./compose-model-runtimes.ts";

/** Where a client's key is looked for, and whom it is for. The key goes into the relay and nowhere else. */
const providers: Record<ClientName, { readonly key: string; readonly address: string; readonly upstream: string }> = {
  claude: { key: "ANTHROPIC_API_KEY", address: "ANTHROPIC_BASE_URL", upstream: "https://api.anthropic.com" },
  codex: { key: "OPENAI_API_KEY", address: "OPENAI_BASE_URL", upstream: "https://api.openai.com" },
  opencode: { key: "OPENAI_API_KEY", address: "OPENAI_BASE_URL", upstream: "https://api.openai.com" },
  gemini: { key: "GEMINI_API_KEY", address: "GOOGLE_GEMINI_BASE_URL", upstream: "https://generativelanguage.googleapis.com" },
};
/**
 * What plays a role with a model, by the name that mos.yaml and tickets give. Nothing is looked for until a role is asked.
 *
 * @param world  given when the first run begins: it holds these runtimes itself
 */
export function composeRoleRuntimes(place: Pick<World, "workspace" | "store">, world: () => World): Readonly<Record<string, RoleRuntime>> {
  const places = { root: place.workspace.root, machineDir: "/etc", hook: findHookProgram(), node: process.execPath };
  const clients = Object.fromEntries(
    clientDrivers.map((driver) => {
      const runtime = createClientRoleRuntime({
        driver,
        client: createAgentClient({ driver, find: findClient, places, store: place.store }),
        ready: () => judgeReady(driver),
        open: async () => ({ world: world(), setup: await openSetup(driver) }),
      });
      return [driver.name, runtime];
    }),
  );
  const { runtimes } = place.workspace.config;
  return { ...composeModelRuntimes(runtimes), ...composeAcpRuntimes(runtimes, world), ...clients };
}

/** Every key that this process may have been given for a model: hidden wherever something is written. */
export function listKeys({ config }: World["workspace"]): string[] {
  const variables = [
    ...Object.values(providers).map(({ key }) => key),
    ...Object.values(config.runtimes).flatMap(({ keyEnv }) => keyEnv ?? []),
  ];
  return [...[...new Set(variables)].map((name) => process.env[name] ?? ""), ...listLogins()].filter((key) => key !== "");
}

/** Of the operator's own login: what requests are made with, and what renews it. */
function listLogins(): string[] {
  try {
    const kept = JSON.parse(readFileSync(loginFile(), "utf8")) as { claudeAiOauth?: { accessToken?: unknown; refreshToken?: unknown } };
    const { accessToken, refreshToken } = kept.claudeAiOauth ?? {};
    return [accessToken, refreshToken].filter((token) => typeof token === "string");
  } catch {
    return [];
  }
}

/** Throws `client-not-ready` where there is no program or nothing to let it in with. */
async function openSetup(driver: AgentClientDriver): Promise<ClientSetup> {
  const found = await findOrThrow(driver);
  const credential = await readCredential(driver);
  const { address, upstream } = providers[driver.name];
  return {
    ...{ found, credential, startRelay },
    upstream: process.env[address]?.replace(/\/v1\/?$/, "") || upstream,
    hookProgram: join(findHookProgram(), "../hook.cjs"),
  };
}

const lookedMs = 60_000;
const looked = new Map<ClientName, { readonly atMs: number; readonly found: Promise<ClientFound> }>();

/** A client's version is asked of the client itself, so not with each role anew: a resident process lives for long. */
function findRecently(driver: AgentClientDriver): Promise<ClientFound> {
  const last = looked.get(driver.name);
  const now = performance.now();
  if (last && now - last.atMs < lookedMs) return last.found;
  const found = findClient(driver);
  looked.set(driver.name, { atMs: now, found });
  return found;
}

async function judgeReady(driver: AgentClientDriver): ReturnType<RoleRuntime["ready"]> {
  const able = judgeCredential(driver);
  if (!able.ok) return able;
  const none = await readCredential(driver).then(() => undefined, readRefusal);
  if (none) return none;
  const found = await findRecently(driver);
  if (found.kind === "found") return { ok: true, version: found.version };
  const reason = found.kind === "absent" ? "it is not installed here" : found.reason;
  return { ok: false, reason: `${driver.name}: ${reason}`, clears: found.remedy };
}

const loginFile = () => join(homedir(), ".claude/.credentials.json");

function judgeCredential(driver: AgentClientDriver): Awaited<ReturnType<RoleRuntime["ready"]>> {
  const { key } = providers[driver.name];
  if ((process.env[key] ?? "") !== "" || (driver.name === "claude" && existsSync(loginFile()))) return { ok: true };
  return { ok: false, reason: `${driver.name} has no key here`, clears: `${key} is set where mos runs` };
}

async function readCredential(driver: AgentClientDriver): Promise<ClientCredential> {
  const key = process.env[providers[driver.name].key] ?? "";
  if (key !== "") return { kind: "key", key };
  const login = driver.name === "claude" ? await readLogin() : undefined;
  if (!login)
    throw notReady(driver, `it has no key and no login that is valid now`, `Set ${providers[driver.name].key}, or log in: ${driver.name}`);
  return { kind: "login", login };
}

/** What requests are made with, never what renews it. */
async function readLogin() {
  try {
    const kept = JSON.parse(await readFile(loginFile(), "utf8")) as { claudeAiOauth?: { accessToken?: unknown; expiresAt?: unknown } };
    const { accessToken, expiresAt } = kept.claudeAiOauth ?? {};
    const valid = typeof accessToken === "string" && typeof expiresAt === "number" && expiresAt > Date.now() + 60_000;
    return valid ? { accessToken, expiresAt } : undefined;
  } catch {
    return undefined;
  }
}

function readRefusal(error: unknown): { readonly ok: false; readonly reason: string; readonly clears: string } {
  if (error instanceof MosError) return { ok: false, reason: error.message, clears: error.hint };
  throw error;
}

async function findOrThrow(driver: AgentClientDriver): Promise<Extract<ClientFound, { kind: "found" }>> {
  const found = await findRecently(driver);
  if (found.kind === "found") return found;
  throw notReady(driver, found.kind === "absent" ? "it is not installed here" : found.reason, found.remedy);
}

function notReady(driver: AgentClientDriver, reason: string, hint: string): MosError {
  return new MosError({ code: "client-not-ready", message: `${driver.name}: ${reason}`, hint, exit: exitCode.needsLogin });
}
