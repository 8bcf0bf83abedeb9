import { existsSync } from "node:fs";
import { execa } from "execa";
import { z } from "zod";
import { exitCode, MosError } from "../../../contract/error.ts";
import type { ClientFound } from "../../../port/agent-client.ts";
import type { World } from "../../../port/world.ts";
import { chooseEnvironment } from "../../claude/choose-environment.ts";
import { readArguments } from "../../claude/read-arguments.ts";
import { composeWorld, findPackaged, findShipped } from "../../compose.ts";
import { findClaude, launchOrchestrator } from "../../compose-claude.ts";
import type { CommandContext } from "../command-context.ts";
import { defineCommand } from "../command-row.ts";

export const command = defineCommand({
  kind: "claude",
  input: z.strictObject({ args: z.array(z.string()).default([]) }),
  async run(context, { args }) {
    const given = readArguments(args);
    const program = requireProgram(await findClaude(process.env.PATH ?? ""));
    const session = await describeSession(context);
    const argv = launchOrchestrator({ ...session, args: given });
    const { root } = session;
    const ended = await execa(program, argv, {
      cwd: root,
      env: { ...chooseEnvironment(process.env), MOS_WORKSPACE: root },
      extendEnv: false,
      stdio: "inherit",
      reject: false,
      cancelSignal: context.signal,
      forceKillAfterDelay: 5_000,
    });
    return { data: {}, printed: true, exit: ended.exitCode ?? exitCode.failure };
  },
  render: () => "",
});

/** The workspace is opened, which brings the guards' policy up to date, and closed: a session may last for days. */
async function describeSession(context: CommandContext) {
  const opened = await composeWorld({
    start: context.workspace ?? context.cwd,
    exact: context.workspace !== undefined,
    report: () => {},
    signal: context.signal,
  });
  await opened.close();
  return describeWorkspace(opened.world);
}

function describeWorkspace({ workspace }: World) {
  const { root, stateDir, domains, operator } = workspace;
  const node = process.execPath;
  const program = findShipped("mos.mjs");
  const hook = findShipped("mos-hook");
  if (!existsSync(hook)) {
    throw new MosError({
      code: "guard-missing",
      message: `The guard's program is not at ${hook}: no session starts without it.`,
      hint: "Install Master OS anew, or in a checkout: npm run build",
    });
  }
  return {
    root,
    hidden: [...new Set([...[...domains, operator].flatMap(({ repos }) => repos.map(({ path }) => path)), stateDir])],
    hook: [hook, "claude", "--role", "orchestrator", "--workspace", root, "--node", node],
    server: [node, program, "mcp", "--orchestrator", "--guarded", "--workspace", root],
    statusLine: [node, program, "status", "--line", "--workspace", root],
    pluginDir: findPackaged("plugin"),
  };
}

function requireProgram(found: ClientFound): string {
  if (found.kind === "found") return found.program;
  const isAbsent = found.kind === "absent";
  throw new MosError({
    code: isAbsent ? "client-absent" : "client-refused",
    message: isAbsent ? "Claude Code is not on PATH." : `Claude Code at ${found.program} is refused: ${found.reason}.`,
    hint: found.remedy,
    exit: isAbsent ? exitCode.notFound : exitCode.failure,
  });
}
