import { randomBytes } from "node:crypto";
import type { ModelRole, RunFailure } from "../../contract/agent.ts";
import { MosError } from "../../contract/error.ts";
import { chooseForTicket, chooseRuntime } from "../../core/role/choose-runtime.ts";
import type { RoleRuntime } from "../../port/role-runtime.ts";
import type { RoleChoice, RoleRequest, RoleResult, Roles } from "../../port/roles.ts";
import type { World } from "../../port/world.ts";
import { readLocalDay } from "../../stage/scout/local-day.ts";
import { fingerprintRole } from "./fingerprint-role.ts";
import { judgeSupport } from "./judge-support.ts";
import { limitRun } from "./limit-run.ts";
import { observeRun } from "./observe-run.ts";
import { playRole } from "./play-role.ts";
import { findGuidance } from "./read-guidance.ts";
import type { RoleParts } from "./role-parts.ts";

export type RoleSettings = Pick<RoleParts, "promptDir"> & Partial<RoleParts>;

/** The one way to a model. Everything it decides by is configuration, or handed in. */
export function createRoles(world: () => World, settings: RoleSettings): Roles {
  const parts: RoleParts = {
    limitsLeft: limitRun,
    observe: observeRun,
    supports: judgeSupport,
    listSecrets: () => [],
    makeNonce: () => randomBytes(16).toString("hex"),
    ...settings,
  };
  return {
    choose: (role, domain) => chooseRuntime(world().workspace, role, domain),
    fingerprint: (role, domain) => fingerprintRole(world(), parts, { role, domain }),
    ready: async (role, domain, runtime) => {
      const found = await findRuntime(world(), parts, { role, domain, runtime });
      if (!found.ok) return found;
      const guidance = await findGuidance(world().workspace, { role, domain, promptDir: parts.promptDir });
      if (guidance instanceof MosError) return notReady(guidance.message, guidance.hint);
      const day = readLocalDay(world().clock.now());
      const need = { role, domain, ...found.choice, day };
      const left = await world().store.read((tx) => parts.limitsLeft(world(), tx, need));
      return left.ok ? { ok: true } : { ok: false, failure: "budget", reason: left.reason, clears: left.clears };
    },
    play: async <R extends ModelRole>(request: RoleRequest<R>): Promise<RoleResult<R>> => {
      const { role, domain, ticket } = request;
      const found = await findRuntime(world(), parts, { role, domain, runtime: ticket?.runtime });
      if (found.ok) return playRole(world(), parts, { ...found, request });
      const { failure, reason, clears } = found;
      return { kind: "failed", failure, message: reason, clears };
    },
  };
}

type FoundRuntime =
  | { readonly ok: true; readonly runtime: RoleRuntime; readonly choice: RoleChoice; readonly version?: string }
  | { readonly ok: false; readonly failure: RunFailure; readonly reason: string; readonly clears: string };

/** Who would play it, if anybody may: named, there, able to start now, and seen to be able. Fails closed at each. */
async function findRuntime(
  world: World,
  parts: RoleParts,
  { role, domain, runtime: named }: { role: ModelRole; domain: string; runtime: string | undefined },
): Promise<FoundRuntime> {
  const choice = chooseForTicket(world.workspace, role, domain, named);
  if (!choice) {
    const who = named === undefined ? "no runtime is named" : `${named} is not named`;
    return notReady(`${who} for the ${role} in ${domain}`, `roles in mos.yaml names one for the ${role} there`);
  }
  const runtime = Object.hasOwn(world.roleRuntimes, choice.runtime) ? world.roleRuntimes[choice.runtime] : undefined;
  if (!runtime) return notReady(`there is no runtime ${choice.runtime}`, `runtimes in mos.yaml has a ${choice.runtime}`);
  const ready = await runtime.ready();
  if (!ready.ok) return notReady(`${choice.runtime}: ${ready.reason}`, ready.clears);
  const able = await parts.supports(world, { role, runtime, version: ready.version });
  if (!able.ok) return notReady(able.reason, able.clears);
  return { ok: true, runtime, choice, ...(ready.version === undefined ? {} : { version: ready.version }) };
}

function notReady(reason: string, clears: string): Extract<FoundRuntime, { ok: false }> {
  return { ok: false, failure: "not-ready", reason, clears };
}
