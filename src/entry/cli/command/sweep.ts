import { z } from "zod";
import { greetSession } from "../../../app/greet-session.ts";
import { createLeaseObserver } from "../../../app/hold-lease.ts";
import { recoverWorkspace } from "../../../app/run-tickets.ts";
import { withholdNames } from "../../../app/withhold-sealed.ts";
import type { World } from "../../../port/world.ts";
import { composeWorld } from "../../compose.ts";
import type { CommandContext } from "../command-context.ts";
import { defineCommand } from "../command-row.ts";
import { stripControl } from "../show/strip-control.ts";

type SweepResult = {
  readonly leases: readonly string[];
  readonly slots: readonly string[];
  readonly locks: readonly string[];
  readonly lanes: readonly string[];
  readonly runs: readonly string[];
  /** Landings that can be neither completed nor dropped now. */
  readonly unsettled: readonly {
    readonly lane: string;
    readonly tickets: readonly string[];
    readonly reason: string;
    readonly remedy: string;
  }[];
  readonly greeting?: string;
};

const nothing: SweepResult = { leases: [], slots: [], locks: [], lanes: [], runs: [], unsettled: [] };
const greetMs = 10_000;

export const command = defineCommand({
  kind: "sweep",
  input: z.strictObject({ greet: z.boolean().default(false) }),
  async run(context, { greet }) {
    if (greet) return { data: await greetOrLeave(context) };
    const world = await context.openWorld();
    return { data: context.callerIsAgent ? withholdNames(world.workspace, await sweep(world)) : await sweep(world) };
  },
  render({ leases, slots, locks, lanes, runs, unsettled, greeting }, paint) {
    if (greeting !== undefined) return stripControl(greeting);
    const all = [
      ...leases,
      ...slots,
      ...locks,
      ...lanes.map((lane) => `lane ${lane} is tried again`),
      ...runs.map((run) => `${run} is lost with its process`),
    ];
    const left = unsettled.map(({ reason, remedy }) => `${paint.red("✖")} ${stripControl(`${reason}. ${remedy}`)}`);
    if (all.length + left.length === 0) return "Nothing was left over.";
    return [...all.map((one) => `${paint.green("✔")} ${stripControl(one)}`), ...left].join("\n");
  },
});

async function sweep(world: World): Promise<SweepResult> {
  return await recoverWorkspace(world, createLeaseObserver(world, world.workspace.config.limits.leaseSeconds * 1000));
}

/** A session starts whatever the workspace is like, and where there is none nothing is said. */
async function greetOrLeave(context: CommandContext): Promise<SweepResult> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(greetMs)]);
  const { workspace, cwd } = context;
  const opened = await composeWorld({ start: workspace ?? cwd, exact: workspace !== undefined, report: () => {}, signal }).catch(
    () => undefined,
  );
  if (opened === undefined) return { ...nothing, greeting: "" };
  try {
    const swept = withholdNames(opened.world.workspace, await sweep(opened.world).catch(() => nothing));
    return { ...nothing, ...swept, greeting: await greetSession(opened.world).catch(() => "") };
  } finally {
    await opened.close();
  }
}
