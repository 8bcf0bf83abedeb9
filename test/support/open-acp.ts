import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { createAcpClient } from "../../src/adapter/client/acp/acp-client.ts";
import { createClientRoleRuntime } from "../../src/app/client-role-runtime.ts";
import { compileWorkspacePolicy } from "../../src/app/compile-workspace-policy.ts";
import { RuntimeConfig } from "../../src/contract/config.ts";
import { policyFileName, writePolicyFile } from "../../src/core/policy-file/policy-file.ts";
import { startRelay } from "../../src/entry/compose-clients.ts";
import type { RoleRuntime } from "../../src/port/role-runtime.ts";
import type { OpenedWorld } from "./open-world.ts";

const root = join(import.meta.dirname, "../..");

/** The tiny agent of test/fixture/acp, led by a model behind its relay. */
export const fixtureAgent = {
  kind: "acp",
  command: ["node", join(root, "test/fixture/acp/agent.mjs")],
  protocol: "openai-chat",
  env: { MODEL_URL: "{relay}/v1", MODEL_TOKEN: "{token}", MODEL: "{model}" },
};

/** What docs/acp.md tells to write into mos.yaml for that agent: what stands there is what is tried. */
export function readDocumented(name: string): Record<string, unknown> {
  const text = readFileSync(join(root, "docs/acp.md"), "utf8");
  for (const [, yaml = ""] of text.matchAll(/```yaml\n([\s\S]*?)```/g)) {
    const found = (parse(yaml) as { runtimes?: Record<string, Record<string, unknown>> }).runtimes?.[name];
    if (found) return found;
  }
  throw new Error(`docs/acp.md says nothing of ${name}`);
}

/** An agent that speaks ACP as a role runtime, as mos.yaml names it: the built hook, the workspace's policy, a relay to `upstream`. */
export async function openAcp(args: {
  opened: OpenedWorld;
  config: Record<string, unknown>;
  upstream: string;
  key: string;
  folders?: readonly string[];
}): Promise<RoleRuntime> {
  const { world } = args.opened;
  const config = RuntimeConfig.parse(args.config);
  if (config.kind !== "acp") throw new Error("an acp runtime is wanted");
  const policyText = JSON.stringify(await compileWorkspacePolicy(world.workspace, { home: args.opened.root, programDir: root }));
  const checksum = createHash("sha256").update(policyText).digest("hex");
  writeFileSync(join(world.workspace.stateDir, policyFileName), writePolicyFile({ checksum, policyText }), { mode: 0o644 });
  const driver = createAcpClient("tiny", config);
  const found = await driver.find({ path: process.env.PATH ?? "", folders: args.folders ?? [] });
  if (found.kind !== "found") throw new Error(`${config.command[0]} is ${found.kind}`);
  return createClientRoleRuntime({
    driver,
    ready: async () => ({ ok: true, version: found.version }),
    open: async () => ({
      world,
      setup: {
        ...{ found, upstream: args.upstream, startRelay, hookProgram: join(root, "dist/hook.cjs") },
        credential: { kind: "key", key: args.key },
      },
    }),
  });
}
