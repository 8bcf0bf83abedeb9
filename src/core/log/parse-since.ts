import { exitCode, MosError } from "../../contract/error.ts";

/** Where a look at the log begins: behind a number, or at a moment. */
export type Since = { readonly kind: "number"; readonly seq: number } | { readonly kind: "moment"; readonly ms: number };

const unitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * What an operator writes behind `--since`: an age (`90s`, `30m`, `2h`, `3d`, `1w`), a day or moment in UTC as the log shows
 * them (`2026-11-01`, `2026-11-01T08:00`, `2026-11-01T08:00:00.000Z`), or the number of an event (`#12`: those after it).
 * Throws `since-invalid` (exit 2).
 */
export function parseSince(text: string, now: string): Since {
  const age = /^(\d{1,9})([smhdw])$/.exec(text);
  if (age) return { kind: "moment", ms: Date.parse(now) - Number(age[1]) * (unitMs[age[2] as string] as number) };
  const number = /^#?(\d{1,15})$/.exec(text);
  if (number) return { kind: "number", seq: Number(number[1]) };
  const ms = parseMoment(text);
  if (!Number.isNaN(ms)) return { kind: "moment", ms };
  throw new MosError({
    code: "since-invalid",
    message: `"${text}" is no age, day or event number.`,
    hint: "Write an age (2h, 3d), a day or moment in UTC (2026-11-01, 2026-11-01T08:00), or an event's number (#12).",
    exit: exitCode.usage,
  });
}

function parseMoment(text: string): number {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)Z?)?$/.exec(text);
  if (!parts) return Number.NaN;
  const ms = Date.parse(`${parts[1]}T${parts[2] ?? "00:00"}Z`);
  // What is no day of the calendar is not silently another one.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== parts[1] ? Number.NaN : ms;
}
