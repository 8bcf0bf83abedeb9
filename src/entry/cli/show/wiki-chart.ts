import { stripVTControlCharacters } from "node:util";
import type { WikiDay, WikiStats } from "../../../app/wiki-stats.ts";
import type { Paint } from "./paint.ts";
import { type Cell, formatTable } from "./table.ts";

const steps = "▁▂▃▄▅▆▇█";
const barChars = 20;
/** What a chart's row holds beside its columns: a name, a label, figures and days. */
const besideChars = 52;
const sparkCharsMin = 8;

/**
 * A table with a row for each wiki, and below it how each grew by day and how much of what it cites holds. A terminal that is too narrow
 * for the table has the same figures below one another.
 *
 * @param columns  of the terminal; a pipe has as many as are needed
 */
export function drawWikiStats(stats: readonly WikiStats[], paint: Paint, columns = Number.POSITIVE_INFINITY): string {
  const charts = stats
    .filter((one) => one.claims > 0 || one.days.some(({ claims }) => claims > 0))
    .map((one) => drawGrowth(one, paint, Math.max(sparkCharsMin, columns - besideChars)));
  return [drawTable(stats, paint, columns), ...(charts.length === 0 ? [] : [fitRows(charts.flat(), columns)])].join("\n\n");
}

const heads = [
  "pages",
  "claims",
  "operator",
  "verified",
  "distilled",
  "struck",
  "cited",
  "ok",
  "moved",
  "stale",
  "missing",
  "marked",
  "review",
];

function drawTable(stats: readonly WikiStats[], paint: Paint, columns: number): string {
  const rows = stats.map((one) => [
    { painted: paint.bold(one.domain) },
    ...[one.pages, one.claims, one.authority.operator, one.authority.verified, one.authority.distilled, one.superseded, one.cited],
    ...drawHealthCells(one, paint),
    one.marked,
    one.inReview,
  ]);
  const table = formatTable([["", ...heads].map((head) => ({ painted: paint.dim(head) })), ...rows]);
  return widthOf(table) <= columns ? table : stack(["", ...heads], rows, columns);
}

/** A row for each day on which a wiki's main moved: the figures that the chart is drawn of. */
export function drawWikiDays(stats: readonly WikiStats[], paint: Paint, columns = Number.POSITIVE_INFINITY): string {
  const names = ["day", "", ...heads.filter((head) => head !== "review")];
  const rows = stats
    .flatMap(({ domain, days }) => days.map((day) => ({ domain, ...day })))
    .toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
    .map((day) => [
      day.day,
      { painted: paint.bold(day.domain) },
      ...[day.pages, day.claims, day.authority.operator, day.authority.verified, day.authority.distilled, day.superseded, day.cited],
      ...drawHealthCells(day, paint),
      day.marked,
    ]);
  const table = formatTable([names.map((head) => ({ painted: paint.dim(head) })), ...rows]);
  return widthOf(table) <= columns ? table : stack(names, rows, columns);
}

function drawHealthCells({ ok, moved, stale, missing }: Pick<WikiDay, "ok" | "moved" | "stale" | "missing">, paint: Paint): Cell[] {
  return [
    { painted: ok === 0 ? "0" : paint.green(`${ok}`) },
    { painted: warn(moved, paint.yellow) },
    { painted: warn(stale, paint.yellow) },
    { painted: warn(missing, paint.red) },
  ];
}

/** Each row as its first cell, and below it the others with their names, as many in a line as fit. */
function stack(names: readonly string[], rows: readonly (readonly Cell[])[], columns: number): string {
  return rows
    .map(([head = "", ...cells]) => {
      const lines = [""];
      for (const [at, cell] of cells.entries()) {
        const part = `${textOf(cell)} ${names[at + 1] ?? ""}`;
        const line = lines.at(-1) ?? "";
        if (line === "") lines[lines.length - 1] = `  ${part}`;
        else if (widthOf(line) + 2 + widthOf(part) <= columns) lines[lines.length - 1] = `${line}, ${part}`;
        else lines.push(`  ${part}`);
      }
      return [textOf(head), ...lines].join("\n");
    })
    .join("\n");
}

function fitRows(rows: readonly (readonly Cell[])[], columns: number): string {
  const table = formatTable(rows);
  if (widthOf(table) <= columns) return table;
  return rows
    .map(
      ([name = "", ...cells]) => `${textOf(name) === "" ? "" : `${textOf(name)}\n`}${cells.map((cell) => `  ${textOf(cell)}`).join("\n")}`,
    )
    .join("\n");
}

/** `claims ▁▂▅█  2 → 40  2026-11-01 to 2026-11-20`, `worn ▁ ▂`, `health ███████████████████░  97 %`. */
function drawGrowth({ domain, claims, ok, moved, stale, missing, days }: WikiStats, paint: Paint, room: number): Cell[][] {
  const [first, last] = [days[0], days.at(-1)];
  const grown = first && last ? [`${first.claims} → ${last.claims}`, `${first.day} to ${last.day}`] : [`${claims}`, ""];
  const health = drawHealth({ ok, all: ok + moved + stale + missing });
  const worn = days.map((day) => day.moved + day.stale + day.missing);
  return [
    [
      { painted: paint.bold(domain) },
      "claims",
      {
        painted: paint.cyan(
          drawSpark(
            thin(
              days.map((day) => day.claims),
              room,
            ),
          ),
        ),
      },
      ...grown,
    ],
    ...(worn.some((count) => count > 0)
      ? [["", "worn", { painted: paint.yellow(drawSpark(thin(worn, room))) }, `${worn[0]} → ${worn.at(-1)}`, "moved, stale or missing"]]
      : []),
    ["", "health", { painted: health.bar }, health.text, `${moved} moved, ${stale} stale, ${missing} missing`],
  ];
}

/** As many columns as there is room for: each shows the last of the days that it stands for. */
function thin(values: readonly number[], room: number): number[] {
  if (values.length <= room) return [...values];
  return Array.from({ length: room }, (_, at) => values[Math.ceil(((at + 1) * values.length) / room) - 1] as number);
}

/** A column for each value, from nothing to the greatest. */
export function drawSpark(values: readonly number[]): string {
  const most = Math.max(1, ...values);
  return values
    .map((value) => (value <= 0 ? " " : steps[Math.min(steps.length - 1, Math.floor((value / most) * (steps.length - 1)))]))
    .join("");
}

/** Full only where all hold: what is lost in rounding is shown as lost. */
function drawHealth({ ok, all }: { ok: number; all: number }): { bar: string; text: string } {
  if (all === 0) return { bar: "░".repeat(barChars), text: "nothing cited" };
  const full = Math.floor((ok / all) * barChars);
  return { bar: "█".repeat(full) + "░".repeat(barChars - full), text: `${Math.floor((ok / all) * 100)} %` };
}

function warn(count: number, colour: (text: string) => string): string {
  return count === 0 ? "0" : colour(`${count}`);
}

function textOf(cell: Cell): string {
  return typeof cell === "object" ? cell.painted : String(cell);
}

/** Of the widest line. */
function widthOf(text: string): number {
  return Math.max(...text.split("\n").map((line) => [...stripVTControlCharacters(line)].length));
}
