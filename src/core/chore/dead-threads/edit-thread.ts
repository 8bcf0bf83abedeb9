import { isDay } from "../add-days.ts";
import { readMatterOf } from "../read-title.ts";

export interface Thread {
  readonly status: string;
  readonly updated: string | undefined;
  readonly due: string | undefined;
  /** Lines of the front matter's keys, from 1. */
  readonly lines: Readonly<Record<string, number>>;
}

/** A thread's front matter; `undefined` where there is none with a status. */
export function readThread(text: string): Thread | undefined {
  const matter = readMatterOf(text);
  const status = matter?.status;
  if (!matter || typeof status !== "string") return undefined;
  const lines: Record<string, number> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (index > 0 && /^---[ \t]*$/.test(line)) break;
    const key = /^([A-Za-z][\w-]*)[ \t]*:/.exec(line)?.[1];
    if (key !== undefined) lines[key] = index + 1;
  }
  return { status: status.trim().toLowerCase(), updated: dayOf(matter.updated), due: dayOf(matter.due), lines };
}

function dayOf(value: unknown): string | undefined {
  const text = value instanceof Date ? value.toISOString() : typeof value === "string" ? value : "";
  const day = text.slice(0, 10);
  return isDay(day) ? day : undefined;
}

/** Sets plain values in the front matter; everything else stays as it is written, comments and line ends too. */
export function writeThread(text: string, values: Readonly<Record<string, string>>): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.split(/\r?\n/);
  const end = lines.findIndex((line, index) => index > 0 && /^---[ \t]*$/.test(line));
  if (end === -1) return text;
  const missing: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    const at = lines.findIndex((line, index) => index > 0 && index < end && new RegExp(`^${key}[ \\t]*:`).test(line));
    if (at === -1) missing.push(`${key}: ${value}`);
    else lines[at] = `${key}: ${value}${/[ \t]#.*$/.exec(lines[at] ?? "")?.[0] ?? ""}`;
  }
  lines.splice(end, 0, ...missing);
  return lines.join(newline);
}
