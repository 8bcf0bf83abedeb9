import { join } from "node:path";
import { createAcpClient } from "../adapter/client/acp/acp-client.ts";
import { createProbedAgent } from "../app/client/client-state.ts";
import { createClientRoleRuntime } from "../app/client-role-runtime.ts";
import type { RuntimeConfig } from "../contract/config.ts";
import type { RoleRuntime } from "../port/role-runtime.ts";
import type { World } from "../port/world.ts";
import { describeMissing, findHookProgram, findRecently, notReady, providers, startRelay, type Unready } from "./compose-clients.ts";

type AcpConfig = Extract<RuntimeConfig, { kind: "acp" }>;

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
  const find = findRecently(() => driver.find({ path: process.env.PATH ?? "", folders: [] }));
  return createClientRoleRuntime({
    driver,
    client: createProbedAgent({ driver, find, store: () => world().store }),
    ready: async () => {
      const key = readKey(config);
      if (key.kind === "missing") return describeNoKey(key.variable);
      const found = await find();
      return found.kind === "found" ? { ok: true, version: found.version } : describeMissing(found);
    },
    open: async () => {
      const key = readKey(config);
      if (key.kind === "missing") throw notReady(name, describeNoKey(key.variable));
      const found = await find();
      if (found.kind !== "found") throw notReady(name, describeMissing(found));
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

function describeNoKey(variable: string): Unready {
  return { ok: false, reason: "it has no key here", clears: `${variable} is set where mos runs` };
}

/** A provider's own key is for its own address alone. */
function readKey({ keyEnv, upstream, protocol }: AcpConfig): { kind: "key"; key: string } | { kind: "missing"; variable: string } {
  const variable = keyEnv ?? (upstream === undefined ? providers[protocol].keyEnv : undefined);
  if (variable === undefined) return { kind: "key", key: noKey };
  const key = process.env[variable] ?? "";
  return key === "" ? { kind: "missing", variable } : { kind: "key", key };
}
