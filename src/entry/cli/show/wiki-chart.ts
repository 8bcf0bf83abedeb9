import type { WikiStats } from "../../../app/wiki-stats.ts";
import type { Paint } from "./paint.ts";
import { formatTable } from "./table.ts";

const steps = "▁▂▃▄▅▆▇█";
const barChars = 20;

/** A table with a row for each wiki, and below it how each grew by day and how much of what it cites holds. */
export function drawWikiStats(stats: readonly WikiStats[], paint: Paint): string {
  const heads = [
    "",
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
  const rows = stats.map((one) => [
    { painted: paint.bold(one.domain) },
    ...[one.pages, one.claims, one.authority.operator, one.authority.verified, one.authority.distilled, one.superseded, one.cited],
    { painted: one.ok === 0 ? "0" : paint.green(`${one.ok}`) },
    { painted: warn(one.moved, paint.yellow) },
    { painted: warn(one.stale, paint.yellow) },
    { painted: warn(one.missing, paint.red) },
    one.marked,
    one.inReview,
  ]);
  const table = formatTable([heads.map((head) => ({ painted: paint.dim(head) })), ...rows]);
  const charts = stats
    .filter((one) => one.claims > 0 || one.days.some(({ claims }) => claims > 0))
    .flatMap((one) => drawGrowth(one, paint));
  return charts.length === 0 ? table : `${table}\n\n${formatTable(charts)}`;
}

/** A row for each day on which a wiki's main moved: the figures that the chart is drawn of. */
export function drawWikiDays(stats: readonly WikiStats[], paint: Paint): string {
  const heads = ["day", "", "pages", "claims", "struck", "cited", "ok", "moved", "stale", "missing", "marked"];
  const rows = stats
    .flatMap(({ domain, days }) => days.map((day) => ({ domain, ...day })))
    .toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
    .map(({ domain, day, pages, claims, superseded, citations, ok, moved, stale, missing, marked }) => [
      ...[day, { painted: paint.bold(domain) }, pages, claims, superseded, citations, ok],
      { painted: warn(moved, paint.yellow) },
      { painted: warn(stale, paint.yellow) },
      { painted: warn(missing, paint.red) },
      marked,
    ]);
  return formatTable([heads.map((head) => ({ painted: paint.dim(head) })), ...rows]);
}

/** `claims ▁▂▅█  2 → 40 (2026-11-01 to 2026-11-20)` and `health ███████████████████░  97 %`. */
function drawGrowth({ domain, claims, ok, moved, stale, missing, days }: WikiStats, paint: Paint) {
  const [first, last] = [days[0], days.at(-1)];
  const grown = first && last ? [`${first.claims} → ${last.claims}`, `${first.day} to ${last.day}`] : [`${claims}`, ""];
  const health = drawHealth({ ok, all: ok + moved + stale + missing });
  return [
    [{ painted: paint.bold(domain) }, "claims", { painted: paint.cyan(drawSpark(days.map((day) => day.claims))) }, ...grown],
    ["", "health", { painted: health.bar }, health.text, `${moved} moved, ${stale} stale, ${missing} missing`],
  ];
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
