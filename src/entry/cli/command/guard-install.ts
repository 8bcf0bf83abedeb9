import { z } from "zod";
import { applyGuards, type GuardChange, type GuardPlan, planGuards } from "../../../app/guard/install-guards.ts";
import { examineAlarms, installAlarms } from "../../../app/install-alarms.ts";
import { MosError } from "../../../contract/error.ts";
import type { AgentClientDriver } from "../../../port/agent-client.ts";
import { type CommandResult, defineCommand } from "../command-row.ts";
import { stripControl } from "../show/strip-control.ts";

interface Outcome {
  readonly written: boolean;
  readonly changes: readonly Pick<GuardChange, "client" | "scope" | "file" | "before" | "after">[];
  readonly current: GuardPlan["current"];
  readonly skipped: GuardPlan["skipped"];
  /** Repositories in which git itself tells who moves main, and those where it is put in now. */
  readonly alarms: readonly { readonly lane: string; readonly state: string }[];
}

export const command = defineCommand({
  kind: "guard-install",
  input: z.strictObject({ managed: z.boolean().default(false), dryRun: z.boolean().default(false), yes: z.boolean().default(false) }),
  async run(context, { managed, dryRun, yes }): Promise<CommandResult<Outcome>> {
    const { clientDrivers, findClient, findHookProgram } = await import("../../compose-clients.ts");
    const { workspace, store, git } = await context.openWorld();
    const { usable, passedOver } = await sortClients(clientDrivers, findClient);
    const places = { root: workspace.root, machineDir: "/etc", hook: findHookProgram(), node: process.execPath };
    const plan = await planGuards({ clients: usable, scope: managed ? "managed" : "workspace", places });
    const skipped = [...passedOver, ...plan.skipped];
    const changes = plan.changes.map(({ client, scope, file, before, after }) => ({
      client,
      scope,
      file,
      ...(before === undefined ? {} : { before }),
      after,
    }));
    const alarms = (await examineAlarms({ workspace, git })).map(({ lane, kind }) => ({ lane, state: kind }));
    const silent = alarms.filter(({ state }) => state === "missing" || state === "stale");
    const outcome = { changes, current: plan.current, skipped, alarms };
    context.say(describePlan(plan));
    if (silent.length > 0) context.say(`git's own alarm (reference-transaction hook): ${silent.map(({ lane }) => lane).join(", ")}`);
    if (dryRun || (plan.changes.length === 0 && silent.length === 0)) return { data: { written: false, ...outcome } };
    if (context.interactive && !yes && !(await context.ask.confirm({ question: "Write this?", instead: "--yes" }))) throw declined();
    await applyGuards(store, plan, `mos guard install${managed ? " --managed" : ""} --workspace ${workspace.root}`);
    await installAlarms({ workspace, git });
    return { data: { written: true, ...outcome } };
  },
  render({ written, changes, current, skipped }, paint) {
    const lines = [
      ...changes.map(({ client, file }) => `${written ? paint.green("✔") : paint.dim("·")} ${client} ${stripControl(file)}`),
      ...current.map((client) => `${paint.green("✔")} ${client} ${paint.dim("is current")}`),
      ...skipped.map(({ client, reason }) => `${paint.dim("–")} ${client} ${paint.dim(stripControl(reason))}`),
    ];
    return [...lines, written ? "Sessions that are open read it when they are started anew." : "Nothing was written."].join("\n");
  },
});

type Skipped = GuardPlan["skipped"][number];

/** Guards are written for clients that are here and can hold them. */
async function sortClients(
  drivers: readonly AgentClientDriver[],
  find: (driver: AgentClientDriver) => ReturnType<AgentClientDriver["find"]>,
) {
  const found = await Promise.all(drivers.map(async (driver) => ({ client: driver.name, is: await find(driver) })));
  const passedOver = found.flatMap(({ client, is }): Skipped[] => {
    if (is.kind === "found") return [];
    return [{ client, reason: is.kind === "absent" ? "is not installed here" : `${is.reason}. ${is.remedy}` }];
  });
  return { usable: found.flatMap(({ client, is }) => (is.kind === "found" ? [client] : [])), passedOver };
}

/** The whole text of each file, as it will be. */
function describePlan({ changes }: GuardPlan): string {
  return changes
    .map(({ client, file, before, after }) => {
      const what = before === undefined ? "a new file" : "changed; what is there now is kept beside it as .before-mos";
      return stripControl(`${client}: ${file} (${what})\n\n${after.replace(/^/gm, "  ").trimEnd()}\n`);
    })
    .join("\n");
}

function declined(): MosError {
  return new MosError({ code: "declined", message: "Nothing was written.", hint: "Run it again when you want the guards." });
}
