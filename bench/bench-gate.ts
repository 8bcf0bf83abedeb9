import { performance } from "node:perf_hooks";
import { landLane } from "../src/app/lane/land-lane.ts";
import { healthy } from "../test/support/open-world.ts";
import { type Figure, median } from "./figure.ts";
import { strategies } from "./gate/strategies.ts";
import { openVerifiedWorld } from "./gate/verified-world.ts";
import { createRandom } from "./seeded.ts";

const tickets = 24;
const bad = 2;
const placements = Number(process.env.MOS_BENCH_PLACEMENTS ?? 20);
const suiteSeconds = Number(process.env.MOS_BENCH_SUITE_SECONDS ?? 1);

interface Run {
  readonly builds: number;
  readonly extra: number;
  readonly seconds: number;
}

/**
 * Ways to land the same verified tickets, some of them bad, through the program's own lander: real merges, real boxes, a suite that
 * sleeps, so that it needs no CPU. Test runs count per landed ticket, retries and controls apart; the time is against serial, run by run.
 */
export async function benchGate(): Promise<Figure[]> {
  const runs = new Map(strategies.map(({ name }) => [name, [] as Run[]]));
  for (let seed = 1; seed <= placements; seed += 1) {
    const where = placeBad(seed);
    for (const { name, slots, plan } of strategies) {
      const opened = await openVerifiedWorld({ tickets, bad: where, suiteSeconds });
      try {
        const [domain] = opened.world.workspace.domains;
        if (!domain) throw new Error("the world has a domain");
        const startedMs = performance.now();
        const end = await landLane(opened.world, {
          ...{ domain, repo: domain.home, plan, slots, slotsMax: slots },
          ...{ isAlive: () => false, mayLand: () => true, grade: async () => healthy },
        });
        const seconds = (performance.now() - startedMs) / 1000;
        if (end.merged.length !== tickets - bad || end.settled.length < bad)
          throw new Error(`${name}, seed ${seed}: ${JSON.stringify(end)}`);
        runs.get(name)?.push({ builds: end.builds, extra: end.retries + end.controls, seconds });
      } finally {
        await opened.remove();
      }
    }
    process.stderr.write(`placement ${seed} of ${placements}: bad ${[...where].map((at) => at + 1).join(" and ")}\n`);
  }
  return report(runs);
}

function report(runs: ReadonlyMap<string, readonly Run[]>): Figure[] {
  const landed = tickets - bad;
  const serial = runs.get("serial") as Run[];
  const rows = strategies.map(({ name, slots, predict }) => {
    const all = runs.get(name) as Run[];
    const ratios = all.map(({ seconds }, at) => seconds / (serial[at] as Run).seconds);
    const perLanded = median(all.map(({ builds }) => builds)) / landed;
    const predicted = predict === undefined ? "-" : ((predict(bad / tickets) * tickets) / landed).toFixed(2);
    return {
      name,
      slots,
      perLanded,
      predicted,
      extra: median(all.map(({ extra }) => extra)),
      wall: median(ratios),
      seconds: median(all.map((one) => one.seconds)),
    };
  });
  process.stdout.write(
    `${tickets} tickets, ${bad} bad, ${placements} placements, a suite of ${suiteSeconds} s that needs no CPU; medians\n` +
      "| way | slots | test runs per landed ticket | by the formula | retries and controls | seconds | of serial |\n" +
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
  );
  for (const { name, slots, perLanded, predicted, extra, seconds, wall } of rows) {
    const cells = [name, slots, perLanded.toFixed(2), predicted, extra, seconds.toFixed(1), wall.toFixed(2)];
    process.stdout.write(`| ${cells.join(" | ")} |\n`);
  }
  const find = (name: string) => rows.find((row) => row.name === name) as (typeof rows)[number];
  const [one, four] = [find("this gate, one slot"), find("this gate, four slots")];
  const detail = `${placements} placements`;
  return [
    { what: "test runs per landed ticket, one slot", ratio: one.perLanded, atMost: 0.65, detail },
    { what: "test runs per landed ticket, four slots", ratio: four.perLanded, atMost: 0.8, detail },
    { what: "time of serial, one slot", ratio: one.wall, atMost: 0.6, detail },
    { what: "time of serial, four slots", ratio: four.wall, atMost: 0.35, detail },
  ];
}

function placeBad(seed: number): ReadonlySet<number> {
  const random = createRandom(seed);
  const where = new Set<number>();
  while (where.size < bad) where.add(Math.floor(random() * tickets));
  return where;
}
