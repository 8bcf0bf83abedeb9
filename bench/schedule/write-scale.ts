import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { drawPlot } from "./draw-plot.ts";
import type { Load, SimulatedSchedule } from "./simulate-schedule.ts";

/** One size. Times in milliseconds. */
export interface Row {
  readonly tickets: number;
  readonly decisions: number;
  /** Of single decisions, and of them the agenda's part. */
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly agendaMedianMs: number;
  /** Of single acts of the lanes' plans. */
  readonly plans: number;
  readonly planMedianMs: number;
  readonly planP99Ms: number;
  /** The least of several passes, of the processor's time: all acts, and the floor of the same acts. */
  readonly wholeMs: number;
  readonly floorMs: number;
  /** What the core did, counted: it does not depend on the machine. */
  readonly steps: number;
  readonly detail: Omit<SimulatedSchedule, "acts" | "decisionsMs" | "agendaMs" | "plansMs">;
}

/** From the first row to the last; 1 is as n log n. */
export function growthOf(rows: readonly Row[], of: (row: Row) => number): number {
  const [first, last] = [rows[0] as Row, rows.at(-1) as Row];
  return of(last) / of(first) / (costOf(last) / costOf(first));
}

export function stepsOf({ steps }: Row): number {
  return steps;
}

export function timeOf({ wholeMs }: Row): number {
  return wholeMs;
}

export function floorOf({ floorMs }: Row): number {
  return floorMs;
}

/** n log n. */
export function costOf({ tickets }: { tickets: number }): number {
  return tickets * Math.log(tickets);
}

/** The slope of the line through the logarithms, by least squares. */
export function exponentOf(rows: readonly Row[], of: (row: Row) => number): number {
  const points = rows.map((row) => ({ x: Math.log(row.tickets), y: Math.log(of(row)) }));
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const above = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0);
  return above / points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

type Setting = Omit<Load, "tickets">;

const columns: readonly (readonly [head: string, cell: (row: Row, first: Row) => string])[] = [
  ["tickets", ({ tickets }) => inWords(tickets)],
  ["decisions", ({ decisions }) => inWords(decisions)],
  ["median, ms", ({ medianMs }) => medianMs.toFixed(3)],
  ["of it the agenda", ({ agendaMedianMs }) => agendaMedianMs.toFixed(3)],
  ["p99, ms", ({ p99Ms }) => p99Ms.toFixed(3)],
  ["worst, ms", ({ maxMs }) => maxMs.toFixed(1)],
  ["acts of lanes", ({ plans }) => inWords(plans)],
  ["median, µs", ({ planMedianMs }) => (planMedianMs * 1000).toFixed(1)],
  ["p99, µs", ({ planP99Ms }) => (planP99Ms * 1000).toFixed(1)],
  ["whole core, ms", ({ wholeMs }) => wholeMs.toFixed(0)],
  ["n log n from the first", (row, first) => ((first.wholeMs * costOf(row)) / costOf(first)).toFixed(0)],
  ["floor, ms", ({ floorMs }) => floorMs.toFixed(1)],
  ["core / floor", ({ wholeMs, floorMs }) => (wholeMs / floorMs).toFixed(1)],
  ["steps", ({ steps }) => inWords(steps)],
  ["steps / (n log n)", (row) => (row.steps / costOf(row)).toFixed(1)],
  ["landed", ({ detail }) => inWords(detail.landed)],
  ["test runs", ({ detail }) => inWords(detail.testRuns)],
  ["rejected at the gate", ({ detail }) => inWords(detail.rejected)],
  ["taken over or redone before", ({ detail }) => inWords(detail.tookOver + detail.reworked)],
  ["most at once", ({ detail }) => inWords(detail.mostRunning)],
];

/**
 * docs/scale.md and docs/scale.svg.
 *
 * @param args.steep  a steeper load, and the steps for the same sizes of it
 */
export function writeScale({
  rows,
  setting,
  steep,
}: {
  rows: readonly Row[];
  setting: Setting;
  steep: Setting & { readonly steps: readonly number[] };
}): void {
  const first = rows[0] as Row;
  const table = rows.map((row) => `| ${columns.map(([, cell]) => cell(row, first)).join(" | ")} |`);
  const text = `# The scheduling core at scale

Written by \`npm run bench:schedule\` (Node ${process.version}, ${cpus().length} processors, which it shared with whatever else ran).
What is measured is the code that \`mos run\` decides with, and no other: \`src/core/schedule/\`, which chooses the tickets, and
\`src/core/lane/\`, which plans for each repository what is tested and lands. Workers, test runs and landings are simulated, with
times and mishaps from seed ${setting.seed}: ${inWords(setting.repositories)} repositories of uneven size, ${setting.workers} workers, four slots for each
repository, of which its lane tests in three. Of what is verified 5 in 100 fail at the gate, alone or with whatever.

![The whole time of the core, that of the floor, and the median decision, from 1,000 to 100,000 tickets](scale.svg)

| ${columns.map(([head]) => head).join(" | ")} |
|${columns.map(() => " ---: |").join("")}
${table.join("\n")}

${growthText(rows)}

In growths of the floor the core's time grows ${(growthOf(rows, timeOf) / growthOf(rows, floorOf)).toFixed(2)} times.

Where the repositories are drawn more unevenly, so that the busiest has about 3 in 100 of all tickets (the exponent ${steep.exponent}
instead of ${setting.exponent}), the steps grow ${growthOf(rows, (row) => steep.steps[rows.indexOf(row)] as number).toFixed(2)} times as much as n log n (${steep.steps.map(inWords).join("; ")}).

- A decision is one moment at which something ended: what the core is told then, what its lanes do, what it chooses, and what it is
  told of that. An act is one time that a lane's plan is asked for what is next, carried out.
- The times of decisions and acts are by the clock, round the core's own calls and nothing else, with all that the machine did
  meanwhile. Nothing is subtracted.
- The whole is the processor's time of all that was asked of the core, asked of a new one again without a simulation around it, from
  the first ticket that is put on the agenda to the last that lands: the collector of memory included, the least of several passes.
- The floor is the processor's time of the same acts, in turn with the whole, for what any scheduler does that knows no paths and no
  lanes: all tickets in one Map by id, the ready ones in one binary heap by their turn, of which the first is taken for each that
  starts. What it does is n log n by the textbook; where its time grows faster, each of its steps takes longer. Memory is the likely
  cause (what 1,000 tickets need fits the processor's caches, what 100,000 need does not), and the core's time holds as much of it.
  That is why the core's time is held against the floor's and not against n log n alone; the steps are held against n log n.
- A step is one entry into a function or a branch of those two rooms, as the engine counts them for test coverage, in a process of its
  own that does not optimise: the same for the same seed on any machine. What the language's own collections do inside is not in it.
- Held at each start, by comparing with all that is under way in the repository: no two share a path, no more run than there are
  workers and slots, nothing is taken twice. No good one is rejected, no bad one lands. At the end every ticket has landed, once.
  Any of it failing ends the bench.
- At a thousand tickets there is one for each repository, and next to nobody is in anybody's way: a decision at a hundred thousand
  has more to decide.
`;
  writeFileSync("docs/scale.md", text);
  writeFileSync(
    "docs/scale.svg",
    drawPlot({
      title: "The scheduling core from 1,000 to 100,000 tickets, logarithmic",
      lines: [
        { name: "whole core, ms", points: rows.map((row) => [row.tickets, row.wholeMs]), style: "plain" },
        { name: "n log n", points: rows.map((row) => [row.tickets, (first.wholeMs * costOf(row)) / costOf(first)]), style: "dashed" },
        { name: "floor, ms", points: rows.map((row) => [row.tickets, row.floorMs]), style: "plain" },
        { name: "median decision, µs", points: rows.map((row) => [row.tickets, row.medianMs * 1000]), style: "dotted" },
      ],
    }),
  );
}

function growthText(rows: readonly Row[]): string {
  const [first, last] = [rows[0] as Row, rows.at(-1) as Row];
  const fold = (of: (row: Row) => number) => `${(of(last) / of(first)).toFixed(0)}-fold`;
  const lines = [
    ["n log n", costOf],
    ["the core's steps", stepsOf],
    ["the core's whole time", timeOf],
    ["the floor's time", floorOf],
  ] as const;
  const table = [
    `| from ${inWords(first.tickets)} to ${inWords(last.tickets)} tickets | grows | as n to the | in growths of n log n |`,
    "| --- | ---: | ---: | ---: |",
    ...lines.map(([name, of]) => `| ${name} | ${fold(of)} | ${exponentOf(rows, of).toFixed(2)} | ${growthOf(rows, of).toFixed(2)} |`),
  ];
  return table.join("\n");
}

function inWords(value: number): string {
  return value.toLocaleString("en");
}
