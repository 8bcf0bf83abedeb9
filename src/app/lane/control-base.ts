import { z } from "zod";
import type { RepoHandle } from "../../contract/config.ts";
import type { Lease } from "../../contract/run.ts";
import type { Ticket } from "../../contract/ticket.ts";
import type { World } from "../../port/world.ts";
import { isGreen, runChecks } from "../../stage/gate/run-checks.ts";
import { withLease } from "../hold-lease.ts";

/** What the gate wrote of a base's last control run. */
export const BaseRun = z.object({ commit: z.string(), green: z.boolean(), name: z.string() });
export type BaseRun = z.infer<typeof BaseRun>;

export function baseNote(lane: string): string {
  return `base:${lane}`;
}

/** A lane that somebody holds is looked at by that run. */
const laneWaitMs = 2_000;

/**
 * The lanes whose main is on record as red, and for whose domain something waits: each is tested once more, side by side, as main may
 * have been red by chance alone (G4d). Gives by lane what is under way: whether main is green now, and its lane goes on.
 */
export async function controlRedBases(
  world: World,
  args: { isAlive: (lease: Lease) => boolean; isAsked: (ticket: Ticket) => boolean },
): Promise<ReadonlyMap<string, Promise<boolean>>> {
  const { workspace } = world;
  const red = await world.store.read(async (tx) => {
    const domains = new Set<string>();
    for (const state of ["ready", "in_progress", "verifying"] as const)
      for (const ticket of await tx.tickets.list({ state })) if (args.isAsked(ticket)) domains.add(ticket.domain);
    const found: RepoHandle[] = [];
    for (const repo of [...workspace.domains, workspace.operator].flatMap((domain) => domain.repos))
      if (domains.has(repo.domain) && BaseRun.safeParse((await tx.notes.get(baseNote(repo.lane)))?.value).data?.green === false)
        found.push(repo);
    return found;
  });
  return new Map(red.map((repo) => [repo.lane, controlInTurn(world, { repo, isAlive: args.isAlive })]));
}

async function controlInTurn(world: World, { repo, isAlive }: { repo: RepoHandle; isAlive: (lease: Lease) => boolean }): Promise<boolean> {
  const taken = AbortSignal.timeout(laneWaitMs);
  let held = false;
  try {
    return await withLease(world, { key: `lane:${repo.lane}`, isAlive, signal: AbortSignal.any([world.signal, taken]) }, async () => {
      held = true;
      const red = await readRedBase(world, repo);
      if (!red || (await world.store.read((tx) => tx.lanes.get(repo.lane)))?.paused?.by === "operator") return false;
      return (await runBaseAgain(world, { repo, commit: red.commit })).green;
    });
  } catch (cause) {
    world.signal.throwIfAborted();
    // A test that cannot be made says nothing of main: it stays as it is on record, and the doctor names it.
    if (held)
      world.report({ stage: "gate", domain: repo.domain, state: "failed", text: `${repo.lane} could not be tested: ${String(cause)}` });
    return false;
  }
}

/** The last control run, where it was red on what is main now. */
async function readRedBase(world: World, repo: RepoHandle): Promise<BaseRun | undefined> {
  const last = BaseRun.safeParse((await world.store.read((tx) => tx.notes.get(baseNote(repo.lane))))?.value).data;
  if (!last || last.green) return undefined;
  return last.commit === (await world.git.at(repo.path).resolve(`refs/heads/${repo.branch}^{commit}`)) ? last : undefined;
}

/** Runs the checks of a red main again. Green, it is red no more; red, what is on record of it stays, and nothing is said again. */
export async function runBaseAgain(world: World, { repo, commit }: { repo: RepoHandle; commit: string }): Promise<BaseRun> {
  const args = { repo, commit, checks: repo.checks, logBase: `log/base/${repo.domain}/${repo.name}`, signal: world.signal };
  const runs = await world.slots.withSlot({ repo, purpose: "control run", signal: world.signal }, (slot) =>
    runChecks(world, { ...args, slot }),
  );
  world.signal.throwIfAborted();
  const value: BaseRun = { commit, green: isGreen(repo.checks, runs), name: runs.at(-1)?.name ?? "check" };
  if (!value.green) return value;
  const reason = `${repo.branch} of ${repo.lane} (${commit.slice(0, 12)}) is green where it was red: by chance, or by what lies outside the code`;
  await world.store.write(async (tx) => {
    await tx.notes.put({ id: baseNote(repo.lane), value });
    await tx.append({ kind: "gate.base-green", domain: repo.domain, actor: "mos", reason, data: { lane: repo.lane, commit } });
  });
  world.report({ stage: "gate", domain: repo.domain, state: "done", text: reason });
  return value;
}
