import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type Figure, median } from "./figure.ts";
import { replayActs, replayFloor } from "./schedule/record-core.ts";
import { type Load, simulateSchedule } from "./schedule/simulate-schedule.ts";
import { floorOf, growthOf, type Row, stepsOf, timeOf, writeScale } from "./schedule/write-scale.ts";

const sizes = [1_000, 10_000, 100_000];
const setting = { repositories: 1_000, workers: 256, seed: 7, exponent: 1.25 };
/** The busiest repository has about 3 in 100 of all tickets. */
const steep = { ...setting, exponent: 2 };

/**
 * The scheduling core, the agenda and the plan of each lane, at 1,000 repositories and 256 workers, from 1,000 to 100,000
 * tickets. By name (`npm run bench:schedule`) it writes docs/scale.md and docs/scale.svg too.
 */
export async function benchSchedule(): Promise<Figure[]> {
  // What is measured first would be measured before it is compiled.
  const warm = simulateSchedule({ ...setting, tickets: 10_000, seed: 1 });
  replayFloor(warm.acts);
  const steps = countSteps(setting);
  const rows = sizes.map((tickets, at) => measure({ ...setting, tickets }, steps[at] as number));
  const steepSteps = countSteps(steep);
  const last = rows.at(-1) as Row;
  if (process.argv.includes("schedule")) writeScale({ rows, setting, steep: { ...steep, steps: steepSteps } });
  return [
    {
      what: "the scheduling core's time per decision at 100,000 tickets, median, in ms",
      ratio: last.medianMs,
      atMost: 1,
      detail: `p99 ${last.p99Ms.toFixed(3)} ms, worst ${last.maxMs.toFixed(1)} ms, ${last.decisions} decisions`,
    },
    {
      what: "of a lane's plan per act at 100,000 tickets, median, in ms",
      ratio: last.planMedianMs,
      atMost: 1,
      detail: `p99 ${last.planP99Ms.toFixed(3)} ms, ${last.plans} acts`,
    },
    {
      what: "its steps from 1,000 to 100,000 tickets, counted, in growths of n log n",
      ratio: growthOf(rows, stepsOf),
      atMost: 1,
      detail: rows.map(stepsOf).join(", "),
    },
    {
      what: "the same where the busiest repository has 3 in 100 of all tickets",
      ratio: growthOf(rows, (row) => steepSteps[rows.indexOf(row)] as number),
      atMost: 1,
      detail: steepSteps.join(", "),
    },
    {
      what: "its whole time from 1,000 to 100,000 tickets, in growths of a heap and a Map on the same acts",
      ratio: growthOf(rows, timeOf) / growthOf(rows, floorOf),
      atMost: 1,
      detail: `${describeGrowth(rows, timeOf)}; the floor ${describeGrowth(rows, floorOf)}`,
    },
  ];
}

function describeGrowth(rows: readonly Row[], of: (row: Row) => number): string {
  return `${rows.map((row) => of(row).toFixed(0)).join(", ")} ms: ${growthOf(rows, of).toFixed(2)} growths of n log n`;
}

function countSteps(load: Omit<Load, "tickets">): readonly number[] {
  const args = [load.repositories, load.workers, load.seed, load.exponent, ...sizes].map(String);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "count-schedule.mjs"), ...args]);
  if (status !== 0) throw new Error(`the steps could not be counted: ${stderr}`);
  return JSON.parse(String(stdout));
}

function measure(load: Load, steps: number): Row {
  const { acts, decisionsMs, agendaMs, plansMs, ...detail } = simulateSchedule(load);
  const passes = Array.from({ length: load.tickets < 10_000 ? 25 : 3 }, () => ({ core: replayActs(acts), floor: replayFloor(acts) }));
  return {
    ...{ tickets: load.tickets, decisions: decisionsMs.length, steps, detail },
    ...{ medianMs: median(decisionsMs), p99Ms: percentile(decisionsMs, 0.99), maxMs: percentile(decisionsMs, 1) },
    agendaMedianMs: median(agendaMs),
    ...{ plans: plansMs.length, planMedianMs: median(plansMs), planP99Ms: percentile(plansMs, 0.99) },
    wholeMs: Math.min(...passes.map(({ core }) => core)),
    floorMs: Math.min(...passes.map(({ floor }) => floor)),
  };
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] as number;
}
