import type { RepoHandle } from "../../contract/config.ts";
import type { Diagnosis } from "../../contract/doctor.ts";
import type { CommandRun } from "../../contract/run.ts";
import { findObjection } from "../../core/doctor/judge-cure.ts";
import { explainMissingGate, type GateRules } from "../../core/gate/defining-files.ts";
import type { Slot } from "../../port/slot.ts";
import type { GradeDomain } from "../../port/ticket-stage.ts";
import type { World } from "../../port/world.ts";
import type { Car } from "./couple-car.ts";
import { isGreen, runChecks } from "./run-checks.ts";

/** How a test run of the gate ended. */
export type Tested =
  | { readonly kind: "green"; readonly runs: readonly CommandRun[]; readonly diagnosis: Diagnosis }
  | { readonly kind: "red"; readonly name: string; readonly detail: string; readonly log: string }
  /** The doctor would be below A with it. */
  | { readonly kind: "refused"; readonly reason: string; readonly clears: string };

/**
 * Tests one commit: its repository's checks in a slot, with main's own rules too where it changes them (G2c), then the doctor
 * for the state that it would leave. Changes nothing but a slot. May be repeated; throws where no test could be made.
 *
 * @param args.cars  what it holds beyond main; none for a control run of main itself
 * @param args.judgeBase  whether a control run asks the doctor too: where a ticket was refused by it
 * @param args.logBase  relative to the state folder
 */
export async function testPrefix(
  world: World,
  args: {
    repo: RepoHandle;
    commit: string;
    base: string;
    /** Of main. */
    rules: GateRules;
    cars: readonly Car[];
    judgeBase: boolean;
    logBase: string;
    grade: GradeDomain;
    signal: AbortSignal;
  },
): Promise<Tested> {
  const { repo, commit, cars, signal } = args;
  const missing = explainMissingGate(repo);
  if (missing) return { kind: "refused", reason: missing, clears: `${repo.lane} has a test and a linter in mos.yaml` };
  const runs = repo.knowledgeOnly ? [] : await runAll(world, args);
  if (!repo.knowledgeOnly && "kind" in runs) return runs;
  signal.throwIfAborted();
  const diagnosis = await args.grade(repo.domain, cars.length > 0 ? { lane: repo.lane, commit } : undefined);
  const judged = cars.length === 0 && args.judgeBase ? [{ domain: repo.domain, repairs: undefined }] : cars.map(({ ticket }) => ticket);
  const objection = judged.map((one) => findObjection(one, diagnosis)).find((one) => one !== undefined);
  if (objection)
    return { kind: "refused", reason: `the doctor gives ${diagnosis.grade}: ${objection.id}: ${objection.reason}`, clears: objection.fix };
  signal.throwIfAborted();
  return { kind: "green", runs: runs as CommandRun[], diagnosis };
}

async function runAll(world: World, args: Parameters<typeof testPrefix>[1]): Promise<CommandRun[] | Extract<Tested, { kind: "red" }>> {
  const { repo, cars, commit, signal } = args;
  const purpose = `gate ${cars.map(({ ticket }) => ticket.id).join(" ") || "control"}`;
  return world.slots.withSlot({ repo, purpose, signal }, async (slot) => {
    const runs = await testOnce(world, { ...args, slot, commit });
    if (!isGreen(repo.checks, runs)) return describeRed(runs.at(-1), "");
    if (cars.every((car) => car.rules.length === 0)) return runs;
    const old = await withOldRules(world, args);
    const withOld = await testOnce(world, { ...args, slot, commit: old, logBase: `${args.logBase}-old` });
    if (!isGreen(repo.checks, withOld)) return describeRed(withOld.at(-1), "with the rules of main: ");
    return [...runs, ...withOld.map((run) => ({ ...run, name: `${run.name} (rules of main)` }))];
  });
}

function testOnce(world: World, args: { repo: RepoHandle; slot: Slot; commit: string; logBase: string; signal: AbortSignal }) {
  return runChecks(world, { ...args, checks: args.repo.checks });
}

function describeRed(failed: CommandRun | undefined, prefix: string): Extract<Tested, { kind: "red" }> {
  const name = failed?.name ?? "check";
  const ended = failed?.exitCode ? `ended with ${failed.exitCode}` : "does not count";
  const detail = `${prefix}"${failed?.run}" ${ended}: ${failed?.tail ?? ""}`.slice(0, 4000);
  return { kind: "red", name, detail, log: failed?.log ?? "" };
}

async function withOldRules(
  world: World,
  args: { repo: RepoHandle; base: string; cars: readonly Car[]; rules: GateRules },
): Promise<string> {
  const git = world.git.at(args.repo.path);
  const files = Object.fromEntries(args.cars.flatMap((car) => car.rules).map((path) => [path, args.rules.files.get(path)]));
  const tree = await git.editTree(args.cars.at(-1)?.tree as string, files);
  return git.commitTree({ tree, parents: [args.base], message: "the same with the rules of main" });
}
