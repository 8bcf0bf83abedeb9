import { ModelRole } from "../../contract/agent.ts";
import type { Capability, CapabilityMap } from "../../contract/capability.ts";
import { judgeCapability, nameAge, nameRemedy } from "../../core/agent/judge-capability.ts";
import type { ClientFound } from "../../port/agent-client.ts";
import type { World } from "../../port/world.ts";
import { describeStart } from "./describe-start.ts";
import { readCapabilities } from "./keep-capabilities.ts";
import type { ProbedDriver } from "./probe-client.ts";

/**
 * A line of the matrix. `current`: seen of what is installed now. `stale`: seen of another version, or of another way of
 * starting. `not-seen`: it could not be looked at so. `not-probed` and `absent` have no observation, `needs-none` owes none.
 */
export interface AgentLine extends Omit<Capability, "agent" | "observedAt" | "version"> {
  readonly agent: Capability["agent"] | "any";
  readonly version?: string;
  readonly observedAt?: string;
  readonly state: "current" | "stale" | "not-seen" | "not-probed" | "absent" | "needs-none";
  /** Of a role: whether it may be played. */
  readonly able: boolean;
  readonly reason: string;
  readonly fix?: string;
}

/** The capability matrix: every runtime that this workspace could use, and what was seen of it. Asks clients their version. */
export async function listAgents(
  world: Pick<World, "store" | "workspace">,
  args: { readonly drivers: readonly Pick<ProbedDriver, "driver" | "find">[]; readonly path: string; readonly folders: readonly string[] },
): Promise<AgentLine[]> {
  const { drivers, ...places } = args;
  const maps = await readCapabilities(
    world.store,
    drivers.map(({ driver }) => driver.name),
  );
  const clients = await Promise.all(
    drivers.map(async ({ driver, find }) => {
      const { name: runtime } = driver;
      const kept = maps.find((map) => map.runtime === runtime);
      return listOne({ runtime, found: await find(places), start: describeStart(driver), kept });
    }),
  );
  const models = Object.entries(world.workspace.config.runtimes).flatMap(([runtime, { kind }]) =>
    kind === "model" ? [blank(runtime, { state: "needs-none", able: true, reason: "its tools are Master OS's own" })] : [],
  );
  const playbook = blank("playbook", {
    state: "needs-none",
    able: true,
    reason: "it has no model: a playbook's commands run in the tool box",
  });
  return [playbook, ...clients.flat(), ...models];
}

function listOne(args: { runtime: string; found: ClientFound; start: string; kept: CapabilityMap | undefined }): AgentLine[] {
  const { runtime, found, start, kept } = args;
  if (found.kind === "absent")
    return [blank(runtime, { state: "absent", able: false, reason: "it is not installed here", fix: found.remedy })];
  const { version } = found;
  if (found.kind === "refused")
    return [blank(runtime, { version, state: "not-probed", able: false, reason: found.reason, fix: found.remedy })];
  if (!kept) return [notProbed(runtime, version)];
  return linesOf(kept, { version, start });
}

function notProbed(runtime: string, version?: string): AgentLine {
  const common = {
    state: "not-probed" as const,
    able: false,
    reason: "what it can do was never seen here",
    fix: `Run: ${nameRemedy(runtime)}`,
  };
  return blank(runtime, { ...common, ...(version === undefined ? {} : { version }) });
}

function linesOf(kept: CapabilityMap, seen: { version: string; start: string }): AgentLine[] {
  const old = nameAge({ ...seen, kept });
  const state = old === undefined ? "current" : "stale";
  const judge = (agent: Capability["agent"]): Pick<AgentLine, "able" | "reason" | "fix"> => {
    const role = ModelRole.safeParse(agent);
    if (!role.success) return { able: false, reason: old ?? "looked at as it starts by itself; no role is played so" };
    const judged = judgeCapability({ runtime: kept.runtime, kind: "client", role: role.data, ...seen, kept });
    if (judged.ok) return { able: true, reason: judged.reason };
    return { able: false, reason: judged.reason, fix: nameFix(old === undefined, { runtime: kept.runtime, role: role.data }) };
  };
  const missed = kept.missed.map(({ agent, model, reason }): AgentLine => {
    const common = { version: kept.version, observedAt: kept.observedAt, fix: `Run: ${nameRemedy(kept.runtime)}` };
    const named = { agent, ...(model === undefined ? {} : { model }) };
    return {
      ...blank(kept.runtime, { state: "not-seen", able: false, reason: `it could not be looked at: ${reason}` }),
      ...common,
      ...named,
    };
  });
  return [...kept.rows.map((row) => ({ ...row, state, ...judge(row.agent) }) as const), ...missed];
}

/** What is seen again is the same again: a client that is not able is helped by another one. */
function nameFix(isCurrent: boolean, { runtime, role }: { runtime: string; role: ModelRole }): string {
  return isCurrent ? `Name another runtime for the ${role} in mos.yaml: roles.${role}.runtime.` : `Run: ${nameRemedy(runtime)}`;
}

function blank(runtime: string, line: Pick<AgentLine, "state" | "able" | "reason"> & { version?: string; fix?: string }): AgentLine {
  return {
    ...{ runtime, agent: "any", offered: [], works: [], refused: [], open: [], spawns: false, spawnLevels: 0, asks: false },
    ...{ hooks: "none", hooksBlock: false, structuredOutput: false, resumes: false, cost: "nothing", calls: [] },
    ...line,
  };
}
