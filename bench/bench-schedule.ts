import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { drawPlot } from "./draw-plot.ts";
import { type Figure, median } from "./figure.ts";
import { replayActs, simulateSchedule } from "./simulate-schedule.ts";

const sizes = [1_000, 3_000, 10_000, 30_000, 100_000];
const setting = { repositories: 1_000, workers: 256, seed: 7, exponent: 1.25 };
/** The busiest repository has about 3 in 100 of all tickets. */
const steep = { ...setting, exponent: 2 };

interface Row {
  readonly tickets: number;
  readonly decisions: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** The least of several passes, of the processor's time. */
  readonly cpuMs: number;
  /** What the core did, counted: it does not depend on the machine. */
  readonly steps: number;
  readonly detail: Omit<ReturnType<typeof simulateSchedule>, "acts" | "decisionsMs">;
}

/**
 * The scheduling core at 1,000 repositories and 256 workers, from 1,000 to 100,000 tickets. By name (`npm run
 * bench:schedule`) it writes docs/scale.md and docs/scale.svg too.
 */
export async function benchSchedule(): Promise<Figure[]> {
  simulateSchedule({ ...setting, tickets: 3_000, seed: 1 });
  const rows = measureAll(sizes, setting);
  const ends = measureAll([sizes[0] as number, sizes.at(-1) as number], steep);
  const [first, last] = [rows[0] as Row, rows.at(-1) as Row];
  if (process.argv.includes("schedule")) writeFiles(rows, ends);
  return [
    {
      what: "the scheduling core's time per decision at 100,000 tickets, median, in ms",
      ratio: last.medianMs,
      atMost: 1,
      detail: `p99 ${last.p99Ms.toFixed(3)} ms, worst ${last.maxMs.toFixed(1)} ms, ${last.decisions} decisions`,
    },
    {
      what: "its steps from 1,000 to 100,000 tickets, counted, in growths of n log n",
      ratio: growthOf(rows, stepsOf),
      atMost: 1,
      detail: `${first.steps} to ${last.steps}`,
    },
    {
      what: "its whole time from 1,000 to 100,000 tickets, in growths of n log n",
      ratio: growthOf(rows, timeOf),
      atMost: 1,
      detail: `${first.cpuMs.toFixed(0)} ms to ${last.cpuMs.toFixed(0)} ms of the processor: n^${exponent(rows, timeOf).toFixed(2)}`,
    },
    {
      what: "its steps where the busiest repository has 3 in 100 of all tickets, in growths of n log n",
      ratio: growthOf(ends, stepsOf),
      atMost: 1,
      detail: `its time ${growthOf(ends, timeOf).toFixed(2)}`,
    },
  ];
}

function measureAll(tickets: readonly number[], load: typeof setting): Row[] {
  const steps = countSteps(tickets, load);
  return tickets.map((count, at) => measure(count, load, steps[at] as number));
}

function countSteps(tickets: readonly number[], load: typeof setting): readonly number[] {
  const args = [load.repositories, load.workers, load.seed, load.exponent, ...tickets].map(String);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "count-schedule.mjs"), ...args]);
  if (status !== 0) throw new Error(`the steps could not be counted: ${stderr}`);
  return JSON.parse(String(stdout));
}

/** From the first row to the last; 1 is as n log n. */
function growthOf(rows: readonly Row[], of: (row: Row) => number): number {
  const [first, last] = [rows[0] as Row, rows.at(-1) as Row];
  return of(last) / of(first) / (costOf(last) / costOf(first));
}

function stepsOf({ steps }: Row): number {
  return steps;
}

function timeOf({ cpuMs }: Row): number {
  return cpuMs;
}

function measure(tickets: number, load: typeof setting, steps: number): Row {
  const { acts, decisionsMs, ...detail } = simulateSchedule({ ...load, tickets });
  const sorted = [...decisionsMs].sort((a, b) => a - b);
  const passes = Array.from({ length: tickets < 10_000 ? 8 : 3 }, () => replayActs(acts));
  return {
    tickets,
    decisions: sorted.length,
    medianMs: median(sorted),
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] as number,
    maxMs: sorted.at(-1) as number,
    cpuMs: Math.min(...passes),
    steps,
    detail,
  };
}

function costOf({ tickets }: { tickets: number }): number {
  return tickets * Math.log(tickets);
}

/** The slope of the line through the logarithms, by least squares. */
function exponent(rows: readonly Row[], of: (row: Row) => number): number {
  const points = rows.map((row) => ({ x: Math.log(row.tickets), y: Math.log(of(row)) }));
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const above = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0);
  return above / points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const heads = [
  "tickets",
  "decisions",
  "median, ms",
  "p99, ms",
  "worst, ms",
  "whole core, ms of the processor",
  "n log n from the first",
  "steps",
  "steps / (n log n)",
  "landed",
  "taken over or reworked",
  "most at once",
];

function writeFiles(rows: readonly Row[], ends: readonly Row[]): void {
  const [first, last] = [rows[0] as Row, rows.at(-1) as Row];
  const table = rows.map((row) =>
    [
      row.tickets.toLocaleString("en"),
      row.decisions.toLocaleString("en"),
      row.medianMs.toFixed(3),
      row.p99Ms.toFixed(3),
      row.maxMs.toFixed(1),
      row.cpuMs.toFixed(0),
      ((first.cpuMs * costOf(row)) / costOf(first)).toFixed(0),
      row.steps.toLocaleString("en"),
      (row.steps / costOf(row)).toFixed(1),
      row.detail.landed.toLocaleString("en"),
      row.detail.tookOver + row.detail.reworked,
      row.detail.mostRunning,
    ].join(" | "),
  );
  const [small, large] = [ends[0] as Row, ends.at(-1) as Row];
  const [fewest, most] = [small, large].map(({ tickets }) => tickets.toLocaleString("en"));
  const text = `# The scheduling core at scale

Written by \`npm run bench:schedule\` (Node ${process.version}, ${cpus().length} processors, which it shared with whatever else ran).
What is timed is \`src/core/schedule/agenda.ts\`, the code that \`mos run\` chooses with. Workers and lanes are simulated, with times
and mishaps from seed ${setting.seed}: ${setting.repositories.toLocaleString("en")} repositories of uneven size, ${setting.workers} workers,
four slots for each repository. Lanes land one ticket after the other: the planner of batches is not part of this simulation.

![The whole time of the core, and its median per decision, from 1,000 to 100,000 tickets](scale.svg)

| ${heads.join(" | ")} |
|${heads.map(() => " ---: |").join("")}
${table.map((line) => `| ${line} |`).join("\n")}

The whole grows as n^${exponent(rows, timeOf).toFixed(2)}; n log n over these sizes is n^${exponent(rows, costOf).toFixed(2)}.
From the first to the last it grows ${(last.cpuMs / first.cpuMs).toFixed(0)}-fold,
n log n ${(costOf(last) / costOf(first)).toFixed(0)}-fold:
the time grows ${growthOf(rows, timeOf).toFixed(2)} times as much as n log n,
what the core does (its steps) ${growthOf(rows, stepsOf).toFixed(2)} times.

Where the repositories are drawn more unevenly, so that the busiest has about 3 in 100 of all tickets (the exponent ${steep.exponent}
instead of ${setting.exponent}), from ${fewest} to ${most} tickets the time grows ${growthOf(ends, timeOf).toFixed(2)} times
as much as n log n (${small.cpuMs.toFixed(0)} ms to ${large.cpuMs.toFixed(0)} ms), the steps ${growthOf(ends, stepsOf).toFixed(2)} times;
the median decision takes ${large.medianMs.toFixed(3)} ms.

- A decision is one moment at which something ended: what the core is told then, what it chooses, and what it is told of that.
- The times of single decisions are by the clock, with all that the machine did meanwhile. The whole is the processor's time of the
  same acts once more without a simulation around them, the collector of memory included: the least of several passes.
- Held at each start, by comparing with all that is under way in the repository: no two share a path, no more run than there are
  workers and slots, nothing is taken twice. At the end every ticket has landed, once. Any of it failing ends the bench.
- A step is one entry into a function or a branch of src/core/schedule/, as the engine counts them for test coverage, in a process
  of its own: the same for the same seed on any machine. What the language's own collections do inside is not in it.
- Where the time grows faster than the steps do, each step takes longer. Memory is the likely cause (what 1,000 tickets need fits
  the processor's caches, what 100,000 need does not, and the collector of memory has more to go through); which part is which was
  not measured.
`;
  writeFileSync("docs/scale.md", text);
  writeFileSync(
    "docs/scale.svg",
    drawPlot({
      title: "The scheduling core from 1,000 to 100,000 tickets, logarithmic",
      lines: [
        { name: "whole core, ms", points: rows.map((row) => [row.tickets, row.cpuMs]), style: "plain" },
        { name: "n log n", points: rows.map((row) => [row.tickets, (first.cpuMs * costOf(row)) / costOf(first)]), style: "dashed" },
        { name: "median decision, µs", points: rows.map((row) => [row.tickets, row.medianMs * 1000]), style: "dotted" },
      ],
    }),
  );
}
