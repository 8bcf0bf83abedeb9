import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { demoFolderPrefix } from "../../../app/clean-demo.ts";
import { makeDemo } from "../../../app/make-demo.ts";
import type { SessionResult } from "../../../app/start-session.ts";
import { type DemoSummary, summariseDemo } from "../../../app/summarise-demo.ts";
import type { CommandContext } from "../command-context.ts";
import { defineCommand } from "../command-row.ts";
import { formatDemo } from "../show/format-demo.ts";

export type DemoOutcome = DemoSummary &
  Pick<SessionResult, "session" | "modelCalls" | "doctor" | "distilled"> & {
    readonly root: string;
    readonly wallMs: number;
    /** How this program is called: `mos`, or the checkout's script. */
    readonly program: string;
  };

export const command = defineCommand({
  kind: "demo",
  input: z.strictObject({ dir: z.string().min(1).optional() }),
  async run(context, { dir }) {
    const root = dir === undefined ? await mkdtemp(join(tmpdir(), demoFolderPrefix)) : resolve(context.cwd, dir);
    const { clock } = await context.openTools();
    const startedMs = clock.monotonicMs();
    const contentDir = await makeWorkspace(context, root);
    const { played, ...exit } = await playSession(context, { root, answers: join(contentDir, "answers.yaml") });
    const { session, modelCalls, doctor, distilled } = played;
    const summary = await summariseDemo((await context.openWorkspace(root)).world);
    const wallMs = Math.round(clock.monotonicMs() - startedMs);
    const program = process.env.MOS_PROGRAM || "mos";
    return { data: { root, program, session, wallMs, modelCalls, doctor, ...(distilled ? { distilled } : {}), ...summary }, ...exit };
  },
  render: formatDemo,
});

async function makeWorkspace(context: CommandContext, root: string): Promise<string> {
  const { composeWorld, findPackaged } = await import("../../compose.ts");
  const contentDir = findPackaged("demo");
  const { git, clock } = await context.openTools();
  context.say(`Making a workspace of seven domains in ${root}`);
  const open = async (at: string) => {
    const { world, configFile, close } = await composeWorld({ start: at, exact: true, report: () => {}, signal: context.signal });
    return { workspace: world.workspace, git: world.git, store: world.store, slots: world.slots, configFile, close };
  };
  await makeDemo({ dir: root, contentDir, git, clock, open });
  return contentDir;
}

/** The same command as anybody's `mos start --distill --answers FILE`, in that workspace. */
async function playSession(context: CommandContext, args: { root: string; answers: string }) {
  const { command: start } = await import("./start.ts");
  context.say(`Playing mos start --distill --answers ${args.answers}\n`);
  const openWorkspace = () => context.openWorkspace(args.root);
  const there = { ...context, workspace: args.root, openWorkspace, openWorld: async () => (await openWorkspace()).world };
  const { data, exit } = await start.run(there, start.input.parse({ answers: args.answers, distill: true }));
  return { played: data as SessionResult, ...(exit === undefined ? {} : { exit }) };
}
