import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClientRoleRuntime } from "../../src/app/client-role-runtime.ts";
import { compileWorkspacePolicy } from "../../src/app/compile-workspace-policy.ts";
import type { RunClientArgs } from "../../src/app/run-client.ts";
import { policyFileName, writePolicyFile } from "../../src/core/policy-file/policy-file.ts";
import { startRelay } from "../../src/entry/compose-clients.ts";
import type { AgentClientDriver } from "../../src/port/agent-client.ts";
import type { RoleRuntime } from "../../src/port/role-runtime.ts";
import type { OpenedWorld } from "./open-world.ts";
import { findRealClient } from "./run-real-client.ts";

const programDir = join(import.meta.dirname, "../..");

/** A real client as a role runtime, as `compose` makes it: the built hook, the workspace's policy, a relay to `upstream`. */
export async function openRoleClient(args: {
  opened: OpenedWorld;
  driver: AgentClientDriver;
  upstream: string;
  credential: RunClientArgs["credential"];
}): Promise<RoleRuntime> {
  const { opened, driver, upstream, credential } = args;
  const { world, root } = opened;
  const policyText = JSON.stringify(await compileWorkspacePolicy(world.workspace, { home: root, programDir }));
  const checksum = createHash("sha256").update(policyText).digest("hex");
  writeFileSync(join(world.workspace.stateDir, policyFileName), writePolicyFile({ checksum, policyText }), { mode: 0o644 });
  const found = await findRealClient(driver);
  return createClientRoleRuntime({
    driver,
    ready: async () => (found.kind === "found" ? { ok: true, version: found.version } : { ok: false, reason: found.kind, clears: "" }),
    open: async () => {
      if (found.kind !== "found") throw new Error(`${driver.name} is ${found.kind}`);
      return { world, setup: { found, upstream, credential, startRelay, hookProgram: join(programDir, "dist/hook.cjs") } };
    },
  });
}
