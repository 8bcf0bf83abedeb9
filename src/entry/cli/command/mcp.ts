import { z } from "zod";
import manifest from "../../../../package.json" with { type: "json" };
import { noteUnguarded } from "../../../app/unguarded-session.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import type { World } from "../../../port/world.ts";
import { composeWorld } from "../../compose.ts";
import type { CommandContext } from "../command-context.ts";
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
    const { serveMcp } = await import("../../mcp/serve-mcp.ts");
    const common = { version: manifest.version, signal: context.signal };
    if (domain === undefined) {
      const { orchestratorInstructions, orchestratorTools } = await import("../../mcp/orchestrator/tools.ts");
      const root = await findRoot(context, guarded);
      await serveMcp({ ...common, root, tools: orchestratorTools, instructions: orchestratorInstructions });
    } else {
      const { domainInstructions, domainTools, findBound } = await import("../../mcp/domain/tools.ts");
      const { workspace } = await lookAt(context, async () => {});
      const { name, sealed } = findBound({ workspace }, domain);
      if (sealed && context.callerIsAgent) throw refuseSealed(name);
      await serveMcp({ ...common, root: workspace.root, domain: name, tools: domainTools, instructions: domainInstructions });
    }
    return { data: {}, printed: true };
  },
  render: () => "",
});

/** The workspace as it is now; nothing of it stays open, since a server may idle for days. */
async function lookAt(context: CommandContext, body: (world: World) => Promise<void>): Promise<World> {
  const { workspace, cwd, signal } = context;
  const opened = await composeWorld({ start: workspace ?? cwd, exact: workspace !== undefined, report: () => {}, signal });
  try {
    await body(opened.world);
    return opened.world;
  } finally {
    await opened.close();
  }
}

/** A plugin's server starts in every session, also where there is no workspace: then each of its tools says so. */
async function findRoot(context: CommandContext, guarded: boolean): Promise<string> {
  try {
    const world = await lookAt(context, (opened) => (guarded ? Promise.resolve() : noteUnguarded(opened)));
    return world.workspace.root;
  } catch (error) {
    if (context.workspace === undefined && error instanceof MosError && error.code === "no-workspace") return context.cwd;
    throw error;
  }
}

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
