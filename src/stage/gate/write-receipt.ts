import type { RepoHandle } from "../../contract/config.ts";
import type { Diagnosis } from "../../contract/doctor.ts";
import type { CommandRun, Receipt, TestedReceipt } from "../../contract/run.ts";
import type { GateRules } from "../../core/gate/defining-files.ts";
import { threadOf } from "../../core/knowledge/update-thread.ts";
import { isInsideTouches } from "../../core/schedule/is-inside-touches.ts";
import type { World } from "../../port/world.ts";
import type { Car } from "./couple-car.ts";
import { makePrefixCommit } from "./make-prefix-commit.ts";

/** A prefix that was tested green: the commit that was, its first parent, and what the test gave. */
export interface GreenPrefix {
  readonly cars: readonly Car[];
  readonly commit: string;
  readonly parent: string;
  readonly runs: readonly CommandRun[];
  readonly diagnosis: Diagnosis;
}

/**
 * The receipt of a tested prefix on main as it is (G2). Where main is not the commit that the tested one stands on, since a
 * shorter prefix landed first or a longer one before it, the same tree is committed on main: what was tested is the tree (G3).
 * Throws where the landing would change a path that none of its tickets declared.
 *
 * @param args.main  the commit that main is
 * @param args.rules  of main
 * @param args.from  the last commit with a receipt, where main is a foreign tip that the one ticket takes back (G7)
 */
export async function writeReceipt(
  world: World,
  args: { repo: RepoHandle; main: string; rules: GateRules; from?: string; green: GreenPrefix },
): Promise<TestedReceipt> {
  const { repo, main, rules, green } = args;
  const { cars, runs, diagnosis } = green;
  const git = world.git.at(repo.path);
  const tree = (cars.at(-1) as Car).tree;
  const commit = green.parent === main ? green.commit : await makePrefixCommit(world, { repo, parent: main, cars });
  const changed = await git.changedPaths({ from: main, to: tree });
  const stray = changed.find(({ path }) => !cars.some(({ ticket }) => isInsideTouches(path, ticket.touches) || path === threadOf(ticket)));
  if (stray)
    throw new Error(`the landing of ${cars.map(({ ticket }) => ticket.id).join(", ")} would change ${stray.path}, which none declares`);
  const receipt: Receipt = {
    id: commit,
    lane: repo.lane,
    tickets: cars.map(({ ticket }) => ticket.id),
    base: main,
    ...(args.from === undefined ? {} : { from: args.from }),
    tree,
    commit,
    heads: Object.fromEntries(cars.flatMap(({ ticket }) => (ticket.work ? [[ticket.id, ticket.work.commit]] : []))),
    gateHash: rules.hash,
    logHead: await world.store.read((tx) => tx.logHead()),
    verdicts: cars.flatMap(({ ticket }) => (ticket.verdict ? [ticket.verdict.id] : [])),
    checks: [...runs, ...cars.flatMap(({ wiki }) => (wiki ? [wiki] : []))],
    doctor: { grade: diagnosis.grade, passed: diagnosis.passed, total: diagnosis.total },
    landedAt: world.clock.now(),
  };
  return receipt as TestedReceipt;
}
