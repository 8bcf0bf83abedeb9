import { z } from "zod";
import manifest from "../../../../package.json" with { type: "json" };
import { noteUnguarded } from "../../../app/unguarded-session.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { defineCommand } from "../command-row.ts";

export const command = defineCommand({
  kind: "mcp",
  input: z.strictObject({
    domain: z.string().min(1).optional(),
    orchestrator: z.boolean().default(false),
    guarded: z.boolean().default(false),
  }),
  async run(context, { domain, orchestrator, guarded }) {
    if ((domain !== undefined) === orchestrator) throw refuseBinding();
    const { world } = await context.openWorkspace();
    const common = { root: world.workspace.root, version: manifest.version, signal: context.signal };
    const { serveMcp } = await import("../../mcp/serve-mcp.ts");
    if (domain === undefined) {
      if (!guarded) await noteUnguarded(world);
      const { orchestratorInstructions, orchestratorTools } = await import("../../mcp/orchestrator/tools.ts");
      await serveMcp({ ...common, tools: orchestratorTools, instructions: orchestratorInstructions });
    } else {
      const { domainInstructions, domainTools, findBound } = await import("../../mcp/domain/tools.ts");
      const { name, sealed } = findBound(world, domain);
      if (sealed && context.callerIsAgent) throw refuseSealed(name);
      await serveMcp({ ...common, domain: name, tools: domainTools, instructions: domainInstructions });
    }
    return { data: {}, printed: true };
  },
  render: () => "",
});

function refuseBinding(): MosError {
  return new MosError({
    code: "usage",
    message: "A server is bound to one domain or to the orchestrator, at its start.",
    hint: "Give --domain D or --orchestrator.",
    exit: exitCode.usage,
  });
}

function refuseSealed(name: string): MosError {
  return new MosError({
    code: "domain-sealed",
    message: `${name} is sealed: its server is not for a session that an agent started.`,
    hint: "The operator sees it in a terminal of their own.",
  });
}
