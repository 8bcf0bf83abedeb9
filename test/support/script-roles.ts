import type { ModelRole } from "../../src/contract/agent.ts";
import { AgentRun } from "../../src/contract/agent.ts";
import { type RoleOutput, roleOutputs, type ScoutOutput } from "../../src/contract/role.ts";
import type { RoleRequest, RoleResult, Roles } from "../../src/port/roles.ts";
import type { Slot } from "../../src/port/slot.ts";
import type { World } from "../../src/port/world.ts";

/** What a scout is to give, before its schema fills in what it leaves out; or how it fails. */
export type ScriptedScout =
  | { readonly facts?: readonly unknown[]; readonly decisions?: readonly unknown[] }
  | Extract<RoleResult<"scout">, { kind: "failed" }>
  | (() => never);

export interface ScriptedRoles extends Roles {
  /** Every run that was asked for, with the commit that its slot was prepared at. */
  readonly plays: (RoleRequest<ModelRole> & { commit?: string })[];
  /** Who plays what, by role, or by `<domain>/<role>`; may be changed between two sessions. */
  who: Record<string, string | undefined>;
  prompt: string;
  ready: Roles["ready"];
}

/** Roles that say what a function gives for each scout's run. What it gives must fit the scout's schema, as the port promises. */
export function scriptRoles(scout: (request: RoleRequest<"scout">) => ScriptedScout, who: ScriptedRoles["who"] = { scout: "fake" }) {
  const roles: ScriptedRoles = {
    plays: [],
    who,
    prompt: "1",
    choose: (role, domain) => {
      const runtime = Object.hasOwn(roles.who, `${domain}/${role}`) ? roles.who[`${domain}/${role}`] : roles.who[role];
      return runtime === undefined ? undefined : { runtime };
    },
    fingerprint: async (role, domain) => {
      const choice = roles.choose(role, domain);
      return choice && `${choice.runtime}/${roles.prompt}`;
    },
    ready: async () => ({ ok: true }),
    play: async <R extends ModelRole>(request: RoleRequest<R>): Promise<RoleResult<R>> => {
      roles.plays.push(Object.assign(request, { commit: prepared.get(request.slot) }) as ScriptedRoles["plays"][number]);
      if (request.role !== "scout") throw new Error(`no script for the ${request.role}`);
      const given = scout(request as RoleRequest<"scout">);
      if (typeof given === "function") given();
      if ("kind" in given) return given;
      const output: ScoutOutput = roleOutputs.scout.parse({ facts: [], decisions: [], ...given });
      const run = AgentRun.parse({
        ...{ id: `run-${roles.plays.length}`, domain: request.domain, role: "scout", runtime: "fake", owner: "host/1/1", state: "done" },
        ...{ startedAt: "2026-11-20T08:00:00.000Z", day: "2026-11-20" },
      });
      return { kind: "done", output: output as RoleOutput<R>, run };
    },
  };
  return roles;
}

const prepared = new WeakMap<Slot, string>();

/** A world with these roles, and slots that hold no tree: nothing in them is looked at. */
export function withRoles(world: World, roles: Roles): World {
  const withSlot: World["slots"]["withSlot"] = async ({ repo }, body) => {
    const refuse = () => Promise.reject(new Error("this slot holds no tree"));
    const slot: Slot = {
      id: `${repo.lane}/1`,
      repo,
      prepare: async (commit) => {
        prepared.set(slot, commit);
      },
      restore: refuse,
      run: refuse,
      show: refuse,
      collect: refuse,
    };
    return await body(slot);
  };
  return { ...world, roles, slots: { ...world.slots, withSlot } };
}
