import { judgeCapability, type RuntimeKind } from "../../core/agent/judge-capability.ts";
import type { RoleRuntime } from "../../port/role-runtime.ts";
import type { World } from "../../port/world.ts";
import { readCapabilities } from "../agents/keep-capabilities.ts";
import type { RoleParts } from "./role-parts.ts";

/** By what `mos agents probe` saw last of the runtime, in the version and by the way of starting that it would have now (R4). */
export const judgeSupport: RoleParts["supports"] = async (world, { role, runtime, version }) => {
  const [kept] = await readCapabilities(world.store, [runtime.name]);
  return judgeCapability({ runtime: runtime.name, kind: findKind(world, runtime), role, version, start: runtime.start?.(), kept });
};

/** What stands on nobody else's program has tools of ours alone: each of its calls goes through the guards and the box. */
function findKind({ workspace }: World, { name, client }: RoleRuntime): RuntimeKind {
  if (client) return "client";
  const { runtimes } = workspace.config;
  return (Object.hasOwn(runtimes, name) ? runtimes[name]?.kind : undefined) ?? "model";
}
