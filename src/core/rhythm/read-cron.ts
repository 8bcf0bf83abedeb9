import { MosError } from "../../contract/error.ts";

/** A cron line's five fields as lists of what they name, in one form that cron, systemd and people read alike. */
export interface CronFields {
  readonly minute: CronField;
  readonly hour: CronField;
  readonly day: CronField;
  readonly month: CronField;
  /** Sunday is 0. */
  readonly weekday: CronField;
}

/** `all`: a star alone. Else what it names, each from, to and by which step. */
export type CronField = "all" | readonly { readonly from: number; readonly to: number; readonly step: number }[];

const monthNames = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const dayNames = "sun mon tue wed thu fri sat".split(" ");

/**
 * A line of mos.yaml's rhythm as the machine's own clock can keep it. Whatever stands in the text, numbers alone come out: nothing of
 * it reaches a crontab or a unit as it was written.
 *
 * @param where  names it for the reader: `the distill rhythm of music`
 * @throws MosError `rhythm-unsayable` for what only the daemon can keep: the last day of a month, the second Monday
 */
export function readCron(text: string, where: string): CronFields {
  const [minute, hour, day, month, weekday, ...rest] = text.trim().split(/\s+/);
  const refuse = () =>
    new MosError({
      code: "rhythm-unsayable",
      message: `${where} is ${JSON.stringify(text)}, which neither cron nor systemd can say.`,
      hint: "Write its five fields in mos.yaml with numbers, names, *, lists, ranges and steps, or let the daemon keep it: mos daemon start",
    });
  if (minute === undefined || hour === undefined || day === undefined || month === undefined || weekday === undefined || rest.length > 0)
    throw refuse();
  const read = (field: string, bounds: Bounds) => {
    const found = readField(field, bounds);
    if (found === undefined) throw refuse();
    return found;
  };
  return {
    minute: read(minute, { low: 0, high: 59 }),
    hour: read(hour, { low: 0, high: 23 }),
    day: read(day, { low: 1, high: 31 }),
    month: read(month, { low: 1, high: 12, names: monthNames, first: 1 }),
    weekday: read(weekday, { low: 0, high: 7, names: dayNames, first: 0 }),
  };
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
  /** The number of the first name. */
  readonly first?: number;
}

function readField(field: string, { low, high, names = [], first = 0 }: Bounds): CronField | undefined {
  if (field === "*" || field === "?") return "all";
  const parts: { from: number; to: number; step: number }[] = [];
  const numberOf = (word: string) => {
    const named = names.indexOf(word.toLowerCase());
    const number = named === -1 ? Number(word) : named + first;
    return number >= low && number <= high ? number : undefined;
  };
  for (const part of field.split(",")) {
    const [, range = "", step] = /^(\*|\?|(?:\d{1,2}|[a-z]{3})(?:-(?:\d{1,2}|[a-z]{3}))?)(?:\/(\d{1,2}))?$/i.exec(part) ?? [];
    if (range === "" || step === "0" || step === "00") return undefined;
    const isStar = range === "*" || range === "?";
    if (step !== undefined && !isStar && !range.includes("-")) return undefined;
    // Of the week Sunday is both ends; a star counts it once.
    const [from, to = from] = isStar ? [low, high === 7 ? 6 : high] : range.split("-").map(numberOf);
    if (from === undefined || to === undefined || from > to) return undefined;
    parts.push({ from, to, step: Number(step ?? 1) });
  }
  return parts;
}

/** As cron says it: numbers alone. A star stands alone or not at all, so that every cron takes days and weekdays for either. */
export function renderCron(fields: CronFields): string {
  return [fields.minute, fields.hour, fields.day, fields.month, fields.weekday]
    .map((field) =>
      field === "all" ? "*" : field.map(({ from, to, step }) => `${renderRange(from, to, "-")}${renderStep(step)}`).join(","),
    )
    .join(" ");
}

/** As systemd says it; two lines where cron means either a day of the month or one of the week. */
export function renderCalendar({ minute, hour, day, month, weekday }: CronFields): string[] {
  const time = `${renderPart(hour)}:${renderPart(minute)}:00`;
  const days = `*-${renderPart(month)}-${renderPart(day)} ${time}`;
  if (weekday === "all") return [days];
  const week = `${listWeekdays(weekday).join(",")} *-${renderPart(month)}-* ${time}`;
  return day === "all" ? [week] : [days, week];
}

function renderPart(field: CronField): string {
  if (field === "all") return "*";
  return field.map(({ from, to, step }) => `${renderRange(from, to, "..")}${renderStep(step)}`).join(",");
}

function renderRange(from: number, to: number, between: string): string {
  return from === to ? String(from) : `${from}${between}${to}`;
}

function renderStep(step: number): string {
  return step === 1 ? "" : `/${step}`;
}

function listWeekdays(field: Exclude<CronField, "all">): string[] {
  const days = new Set<number>();
  for (const { from, to, step } of field) for (let day = from; day <= to; day += step) days.add(day % 7);
  return [...days].sort((a, b) => a - b).map((day) => ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][day] as string);
}
