/** The calendar day of an instant where the operator lives (the process's time zone): `2026-11-23`. */
export function readLocalDay(instant: string): string {
  const date = new Date(instant);
  const pad = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** The instant at which `day`, moved by `plusDays`, begins there. */
export function findLocalMidnight(day: string, plusDays = 0): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + plusDays).toISOString();
}

/** Whole days from `from` to `to`, both `2026-11-23`. */
export function countDays(args: { from: string; to: string }): number {
  return Math.round((Date.parse(`${args.to}T00:00:00Z`) - Date.parse(`${args.from}T00:00:00Z`)) / 86_400_000);
}
