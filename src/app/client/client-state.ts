import type { ModelRole } from "../../contract/agent.ts";
import { judgeCapability, nameAge, nameRemedy } from "../../core/agent/judge-capability.ts";
import type { GuardPlaces } from "../../core/guard/guard-target.ts";
import type { AgentClient, ClientState } from "../../port/agent.ts";
import type { AgentClientDriver, ClientFound } from "../../port/agent-client.ts";
import type { Store } from "../../port/store.ts";
import { describeStart } from "../agents/describe-start.ts";
import { readCapabilities } from "../agents/keep-capabilities.ts";
import { showGuards } from "../guard/guard-status.ts";

/**
 * What the doctor asks of a client (checks 12 and 13). It is looked for when it is asked of, once, and never before.
 *
 * @param find  on the operator's PATH
 */
export function createAgentClient(args: {
  driver: AgentClientDriver;
  find: (driver: AgentClientDriver) => Promise<ClientFound>;
  places: GuardPlaces;
  store: Pick<Store, "read">;
}): AgentClient {
  const { driver, places, store } = args;
  let looked: Promise<ClientFound> | undefined;
  const find = () => {
    looked ??= args.find(driver);
    return looked;
  };
  return {
    missing: async () => {
      if ((await find()).kind === "absent") return "not installed";
      if (!(await readProof(store, driver.name))) return "not proven here (mos doctor --prove)";
      return (await readCapabilities(store, [driver.name])).length > 0 ? undefined : `not probed here (${nameRemedy(driver.name)})`;
    },
    guards: async () => {
      const [status] = await showGuards({ drivers: [driver], find, places });
      if (!status) return { ok: false, reason: "it cannot be asked", fix: "Run: mos guard status" };
      return status.fix === undefined ? { ok: true, reason: status.reason } : { ok: false, reason: status.reason, fix: status.fix };
    },
    capabilities: async (roles = []) => {
      const found = await find();
      const proven = judgeProof(found, await readProof(store, driver.name));
      if (!proven.ok || found.kind !== "found") return proven;
      const [kept] = await readCapabilities(store, [driver.name]);
      return judgeMap({ runtime: driver.name, version: found.version, start: describeStart(driver), kept }, roles);
    },
  };
}

/** The same of an agent that no guard is installed in and nobody attacks to prove it: its box and what is asked of it hold. */
export function createProbedAgent(args: {
  driver: Pick<AgentClientDriver, "launch"> & { readonly name: string };
  find: () => Promise<ClientFound>;
  store: () => Pick<Store, "read">;
}): AgentClient {
  const { driver, find, store } = args;
  const runtime = driver.name;
  return {
    missing: async () => {
      if ((await find()).kind === "absent") return "not installed";
      return (await readCapabilities(store(), [runtime])).length > 0 ? undefined : `not probed here (${nameRemedy(runtime)})`;
    },
    guards: async () => ({ ok: true, reason: "it has no hooks: its box holds, and what it asks leave for is judged" }),
    capabilities: async (roles = []) => {
      const found = await find();
      if (found.kind === "refused") return { ok: false, reason: found.reason, fix: found.remedy };
      if (found.kind === "absent") return { ok: true, reason: "it is not used" };
      const [kept] = await readCapabilities(store(), [runtime]);
      return judgeMap({ runtime, version: found.version, start: describeStart(driver), kept }, roles);
    },
  };
}

/** Of the first role that it was not seen to be able to play. */
function judgeMap(seen: Parameters<typeof nameAge>[0] & { runtime: string }, roles: readonly ModelRole[]): ClientState {
  const fix = `Run: ${nameRemedy(seen.runtime)}`;
  const old = nameAge(seen);
  if (old !== undefined) return { ok: false, reason: old, fix };
  for (const role of roles) {
    const judged = judgeCapability({ ...seen, kind: "client", role });
    if (!judged.ok) return { ok: false, reason: judged.reason, fix };
  }
  return { ok: true, reason: `seen of ${seen.version}` };
}

interface KeptProof {
  readonly state: string;
  readonly version?: string;
}

/** What `mos doctor --prove` kept of the client. */
async function readProof(store: Pick<Store, "read">, client: string): Promise<KeptProof | undefined> {
  const value = (await store.read((tx) => tx.notes.get(`proof:${client}`)))?.value;
  if (typeof value !== "object" || value === null) return undefined;
  const { state, version } = value as Record<string, unknown>;
  return typeof state === "string" ? { state, ...(typeof version === "string" ? { version } : {}) } : undefined;
}

function judgeProof(found: ClientFound, proof: KeptProof | undefined): ClientState {
  if (found.kind !== "found") return { ok: true, reason: "it is not used" };
  const fix = "Run: mos doctor --prove";
  if (proof?.version !== found.version)
    return {
      ok: false,
      reason: `what it refuses was seen of ${proof?.version ?? "another version"}, and ${found.version} is installed`,
      fix,
    };
  return proof.state === "proven"
    ? { ok: true, reason: `seen of ${found.version}` }
    : { ok: false, reason: "not everything was seen to be refused", fix };
}
