import type { ModelRole } from "../../contract/agent.ts";
import { type CapabilityJudgement, judgeCapability } from "../../core/agent/judge-capability.ts";
import type { World } from "../../port/world.ts";
import { readCapabilities } from "./keep-capabilities.ts";

/**
 * Whether a runtime was seen to be able to play a role: what `mos agents probe` kept, against the version that is here now. A
 * runtime without a client behind it has Master OS's own tools alone. Starts nothing but the client's `--version`.
 */
export async function judgeSupport(
  { store, roleRuntimes }: Pick<World, "store" | "roleRuntimes">,
  { role, runtime }: { readonly role: ModelRole; readonly runtime: string },
): Promise<CapabilityJudgement> {
  const found = Object.hasOwn(roleRuntimes, runtime) ? roleRuntimes[runtime] : undefined;
  if (!found) return { ok: false, reason: `there is no runtime ${runtime}`, clears: `runtimes in mos.yaml has a ${runtime}` };
  if (!found.client) return judgeCapability({ runtime, kind: "model", role, version: undefined, kept: undefined });
  const [kept] = await readCapabilities(store, [runtime]);
  // What was never seen is refused before anything of it is asked.
  const ready = kept ? await found.ready() : undefined;
  if (ready?.ok === false) return { ok: false, reason: `${runtime}: ${ready.reason}`, clears: ready.clears };
  return judgeCapability({ runtime, kind: "client", role, version: ready?.version, start: found.client.start?.(), kept });
}
