import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type Figure, median } from "./figure.ts";
import { replayActs, replayFloor } from "./schedule/record-core.ts";
import { type Load, simulateSchedule } from "./schedule/simulate-schedule.ts";
import { floorOf, growthOf, type Row, stepsOf, timeOf, writeScale } from "./schedule/write-scale.ts";

const sizes = [1_000, 3_000, 10_000, 30_000, 100_000];
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
  const rows = measureAll(sizes, setting);
  const ends = measureAll([sizes[0] as number, sizes.at(-1) as number], steep);
  const last = rows.at(-1) as Row;
  if (process.argv.includes("schedule")) writeScale({ rows, ends, setting, steep });
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
    ...growthFigures(rows, "from 1,000 to 100,000 tickets"),
    ...growthFigures(ends, "where the busiest repository has 3 in 100 of all tickets"),
  ];
}

function growthFigures(rows: readonly Row[], where: string): Figure[] {
  const [first, last] = [rows[0] as Row, rows.at(-1) as Row];
  const [core, floor] = [growthOf(rows, timeOf), growthOf(rows, floorOf)];
  const range = (of: (row: Row) => number) => `${of(first).toFixed(0)} to ${of(last).toFixed(0)}`;
  return [
    {
      what: `its steps ${where}, counted, in growths of n log n`,
      ratio: growthOf(rows, stepsOf),
      atMost: 1,
      detail: range(stepsOf),
    },
    {
      what: `its whole time ${where}, in growths of a heap and a Map on the same acts`,
      ratio: core / floor,
      atMost: 1,
      detail: `${range(timeOf)} ms, ${core.toFixed(2)} growths of n log n; the floor ${range(floorOf)} ms, ${floor.toFixed(2)} growths`,
    },
  ];
}

function measureAll(tickets: readonly number[], load: Omit<Load, "tickets">): Row[] {
  const steps = countSteps(tickets, load);
  return tickets.map((count, at) => measure({ ...load, tickets: count }, steps[at] as number));
}

function countSteps(tickets: readonly number[], load: Omit<Load, "tickets">): readonly number[] {
  const args = [load.repositories, load.workers, load.seed, load.exponent, ...tickets].map(String);
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
