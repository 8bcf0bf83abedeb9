import { CapabilityMap } from "../../contract/capability.ts";
import { judgeCapability, type RuntimeKind } from "../../core/agent/judge-capability.ts";
import type { RoleRuntime } from "../../port/role-runtime.ts";
import type { World } from "../../port/world.ts";
import type { RoleParts } from "./role-parts.ts";

/** By what `mos agents probe` saw last of the runtime, in the version that would start now (R4). */
export const judgeSupport: RoleParts["supports"] = async (world, { role, runtime, version }) => {
  const kept = CapabilityMap.safeParse((await world.store.read((tx) => tx.notes.get(`capability:${runtime.name}`)))?.value);
  const kind = findKind(world, runtime);
  return judgeCapability({ runtime: runtime.name, kind, role, version, kept: kept.success ? kept.data : undefined });
};

/** What stands on nobody else's program has tools of ours alone: each of its calls goes through the guards and the box. */
function findKind({ workspace }: World, { name, client }: RoleRuntime): RuntimeKind {
  if (client) return "client";
  const { runtimes } = workspace.config;
  return (Object.hasOwn(runtimes, name) ? runtimes[name]?.kind : undefined) ?? "model";
}
