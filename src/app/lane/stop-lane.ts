import type { Domain, RepoHandle } from "../../contract/config.ts";
import { adoptCommand } from "../../core/gate/find-tip.ts";
import { holdLane } from "../../core/lane/hold-lane.ts";
import type { World } from "../../port/world.ts";
import { type Culprit, findCulprit } from "../../stage/gate/find-culprit.ts";
import type { Outcome } from "./build-runs.ts";
import { baseNote } from "./control-base.ts";

/** Main is where no receipt is (G7): the lane waits for the operator, and says what to type. */
export async function pauseForForeignTip(world: World, { repo, tip }: { repo: RepoHandle; tip: string | undefined }): Promise<void> {
  const reason = tip
    ? `${repo.branch} of ${repo.lane} is at ${tip.slice(0, 12)}, which no receipt covers: ${adoptCommand(repo)}`
    : `${repo.lane} has no ${repo.branch}: restore the branch`;
  await world.store.write(async (tx) => {
    await holdLane(tx, { lane: repo.lane, by: "foreign-tip", reason, paths: [] });
    await tx.append({ kind: "lane.paused", domain: repo.domain, actor: "mos", reason, data: { lane: repo.lane, tip: tip ?? null } });
  });
}

/**
 * The lander itself failed. Where a landing had begun, main may hold it: nothing but its own end moves its tickets (T6), and the
 * next run sees to that. Every run tries the lane again.
 */
export async function pauseForCrash(world: World, { repo, cause }: { repo: RepoHandle; cause: unknown }): Promise<void> {
  const message = (cause instanceof Error ? cause.message : String(cause)).slice(0, 500);
  await world.store.write(async (tx) => {
    const tickets = (await tx.landings.list({ lane: repo.lane })).flatMap(({ receipt }) => receipt.tickets);
    const what = tickets.length > 0 ? `the landing of ${tickets.join(", ")} broke off` : `the gate of ${repo.lane} broke off`;
    const reason = `${what}: ${message}. To go on: mos run`;
    await holdLane(tx, { lane: repo.lane, by: "crash", reason, paths: [] });
    await tx.append({ kind: "lane.paused", domain: repo.domain, actor: "mos", reason, data: { lane: repo.lane, tickets } });
  });
}

/**
 * Main fails without any ticket (G4): said once, with since when where that can be found. The tickets wait as they are; the
 * doctor's check of the gate holds the domain below A, so that nothing but a cure is taken, until main is green again.
 *
 * @returns the test runs that the search took
 */
export async function stopRedLane(
  world: World,
  args: { repo: RepoHandle; domain: Domain; base: string; outcome: Exclude<Outcome, { kind: "green" }>; waiting: readonly string[] },
): Promise<{ builds: number }> {
  const { repo, base, outcome, waiting } = args;
  const name = outcome.kind === "red" ? outcome.name : outcome.kind === "error" ? "setup" : "doctor";
  const found =
    outcome.kind === "red"
      ? await findCulprit(world, { repo, red: base, logBase: `log/base/${repo.domain}/${repo.name}`, signal: world.signal })
      : { culprit: undefined, builds: 0 };
  const detail = outcome.kind === "red" ? outcome.detail : outcome.reason;
  const reason = `${name} of ${repo.lane} is red on ${repo.branch} itself (${base.slice(0, 12)}), ${sayCulprit(found.culprit)}: ${detail}`;
  await world.store.write(async (tx) => {
    // A refusal by the doctor is its own to show, and to take back.
    if (outcome.kind !== "refused") {
      const culprit = found.culprit ? { culprit: found.culprit.commit, tickets: [...found.culprit.tickets] } : {};
      await tx.notes.put({ id: baseNote(repo.lane), value: { commit: base, green: false, name, ...culprit } });
    }
    await tx.append({
      kind: "gate.base-red",
      domain: repo.domain,
      actor: "mos",
      reason: reason.slice(0, 500),
      data: { lane: repo.lane, check: name, commit: base, culprit: found.culprit?.commit ?? null, waiting: [...waiting] },
    });
  });
  world.report({ stage: "gate", domain: repo.domain, state: "failed", text: reason.slice(0, 500) });
  return { builds: found.builds };
}

function sayCulprit(culprit: Culprit | undefined): string {
  if (!culprit) return "and no landing of late made it so (it fails on those before as well)";
  const who = culprit.tickets.length > 0 ? ` of ${culprit.tickets.join(", ")}` : "";
  return `since ${culprit.commit.slice(0, 12)}${who}`;
}
