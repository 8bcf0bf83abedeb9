import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { createAgentClient } from "../app/client/client-state.ts";
import { type ClientSetup, createClientRoleRuntime } from "../app/client-role-runtime.ts";
import type { ClientCredential } from "../app/run-client.ts";
import type { AgentClientDriver, ClientFound } from "../port/agent-client.ts";
import type { RoleRuntime } from "../port/role-runtime.ts";
import type { World } from "../port/world.ts";
import { composeAcpRuntimes } from "./compose-acp-runtimes.ts";
import {
  clientDrivers,
  describeMissing,
  findClient,
  findHookProgram,
  findRecently,
  notReady,
  providers,
  startRelay,
  type Unready,
} from "./compose-clients.ts";
import { composeModelRuntimes } from "./compose-model-runtimes.ts";

/**
 * What plays a role with a model, by the name that mos.yaml and tickets give. Nothing is looked for until a role is asked.
 *
 * @param world  given when the first run begins: it holds these runtimes itself
 */
export function composeRoleRuntimes(place: Pick<World, "workspace" | "store">, world: () => World): Readonly<Record<string, RoleRuntime>> {
  const places = { root: place.workspace.root, machineDir: "/etc", hook: findHookProgram(), node: process.execPath };
  const clients = Object.fromEntries(
    clientDrivers.map((driver) => {
      const find = findRecently(() => findClient(driver));
      const runtime = createClientRoleRuntime({
        driver,
        client: createAgentClient({ driver, find: findClient, places, store: place.store }),
        ready: () => judgeReady(driver, find),
        open: async () => ({ world: world(), setup: await openSetup(driver, find) }),
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
    ...Object.values(providers).map(({ keyEnv }) => keyEnv),
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
async function openSetup(driver: AgentClientDriver, find: () => Promise<ClientFound>): Promise<ClientSetup> {
  const found = await find();
  if (found.kind !== "found") throw notReady(driver.name, describeMissing(found));
  const credential = await readCredential(driver);
  if (!credential) throw notReady(driver.name, describeNoCredential(driver));
  const { addressEnv, upstream } = providers[driver.protocol];
  return {
    ...{ found, credential, startRelay },
    upstream: process.env[addressEnv]?.replace(/\/v1\/?$/, "") || upstream,
    hookProgram: join(findHookProgram(), "../hook.cjs"),
  };
}

async function judgeReady(driver: AgentClientDriver, find: () => Promise<ClientFound>): ReturnType<RoleRuntime["ready"]> {
  if (!(await readCredential(driver))) return describeNoCredential(driver);
  const found = await find();
  return found.kind === "found" ? { ok: true, version: found.version } : describeMissing(found);
}

const loginFile = () => join(homedir(), ".claude/.credentials.json");

async function readCredential(driver: AgentClientDriver): Promise<ClientCredential | undefined> {
  const key = process.env[providers[driver.protocol].keyEnv] ?? "";
  if (key !== "") return { kind: "key", key };
  const login = driver.name === "claude" ? await readLogin() : undefined;
  return login && { kind: "login", login };
}

function describeNoCredential(driver: AgentClientDriver): Unready {
  const set = `${providers[driver.protocol].keyEnv} is set where mos runs`;
  return driver.name === "claude"
    ? { ok: false, reason: "it has no key and no login that is valid now", clears: `${set}, or claude is logged in` }
    : { ok: false, reason: "it has no key here", clears: set };
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
