import type { RepoHandle } from "../../contract/config.ts";
import type { World } from "../../port/world.ts";
import { isGreen, runChecks } from "./run-checks.ts";

/** How many landings are looked back over: five looks find one among sixteen, each of one test run, or two where it is red. */
const lookBackMax = 16;

/** The first of main's last commits on which its checks fail now; `undefined` when all of them do, or none landed. */
export interface Culprit {
  readonly commit: string;
  readonly tickets: readonly string[];
}

/**
 * Since when main is red, by bisection of its last first-parent commits, each tested anew: a landing was green when it landed, so
 * what fails on all of them is the machine's, the time's or the network's trouble, and no landing's. What is red by chance is not taken for
 * the culprit: red counts at the second time. Changes nothing but a slot.
 *
 * @param args.red  main's tip, on which the checks were seen to fail
 * @returns  also the test runs that it took
 */
export async function findCulprit(
  world: World,
  args: { repo: RepoHandle; red: string; logBase: string; signal: AbortSignal },
): Promise<{ culprit: Culprit | undefined; builds: number }> {
  const { repo, red, signal } = args;
  const git = world.git.at(repo.path);
  const range = await git.run(["rev-list", "--first-parent", `--max-count=${lookBackMax + 1}`, red]);
  const all = range.stdout.split("\n").filter((id) => id !== "");
  const end = repo.baseline === undefined ? -1 : all.indexOf(repo.baseline);
  const commits = end < 0 ? all : all.slice(0, end + 1);
  let builds = 0;
  const isRed = (commit: string) =>
    world.slots.withSlot({ repo, purpose: "find the culprit", signal }, async (slot) => {
      const logBase = `${args.logBase}-${commit.slice(0, 12)}`;
      for (let time = 1; time <= 2; time += 1) {
        builds += 1;
        if (isGreen(repo.checks, await runChecks(world, { repo, slot, commit, checks: repo.checks, logBase, signal }))) return false;
      }
      return true;
    });
  let [bad, good] = [0, commits.length - 1];
  if (good <= 0 || (await isRed(commits[good] as string))) return { culprit: undefined, builds };
  while (good - bad > 1) {
    const middle = Math.floor((bad + good) / 2);
    if (await isRed(commits[middle] as string)) bad = middle;
    else good = middle;
  }
  const commit = commits[bad] as string;
  const receipts = await world.store.read((tx) => tx.receipts.list({ lane: repo.lane }));
  return { culprit: { commit, tickets: receipts.find((one) => one.commit === commit)?.tickets ?? [] }, builds };
}
