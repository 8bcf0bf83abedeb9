import { type Matter, readMatter } from "../knowledge/read-matter.ts";

/** A thread as its file says. Lines count from 1; `lines` has the front matter's keys that are there. */
export interface Thread {
  readonly path: string;
  /** `release-plan` of `threads/release-plan.md`. */
  readonly stem: string;
  readonly title: string;
  readonly status: "active" | "waiting" | "done";
  readonly next: string;
  /** YYYY-MM-DD. */
  readonly due?: string;
  readonly updated?: string;
  readonly lines: Readonly<Record<string, number>>;
}

export type ThreadReading = { readonly kind: "thread"; readonly thread: Thread } | { readonly kind: "unreadable"; readonly reason: string };

/** Reads `threads/*.md`. A file without usable front matter is a value, not an error: the scout says so in the brief. */
export function readThread(path: string, text: string): ThreadReading {
  const matter = readMatter(text);
  if (matter === undefined) return { kind: "unreadable", reason: "it has no front matter" };
  if (matter.data === undefined)
    return { kind: "unreadable", reason: `its front matter cannot be read: ${matter.error ?? "not a mapping"}` };
  const fields = readFields(matter, matter.data);
  const status = fields.values.status ?? "active";
  if (!isStatus(status)) return { kind: "unreadable", reason: `its status is "${status}", not active, waiting or done` };
  for (const key of ["due", "updated"]) {
    const date = fields.values[key];
    if (date !== undefined && !isDate(date)) return { kind: "unreadable", reason: `its ${key} is "${date}", not a date like 2026-11-30` };
  }
  const stem = path.replace(/^.*\//, "").replace(/\.md$/, "");
  const { due, updated } = fields.values;
  return {
    kind: "thread",
    thread: {
      path,
      stem,
      title: /^#[ \t]+(.+?)[ \t]*$/m.exec(text.slice(matter.offset + matter.source.length))?.[1] ?? stem,
      status,
      next: fields.values.next ?? "",
      ...(due === undefined ? {} : { due }),
      ...(updated === undefined ? {} : { updated }),
      lines: fields.lines,
    },
  };
}

function readFields(matter: Matter, data: Readonly<Record<string, unknown>>): Pick<Thread, "lines"> & { values: Record<string, string> } {
  const values: Record<string, string> = {};
  const lines: Record<string, number> = {};
  for (const [key, value] of Object.entries(data)) {
    lines[key] = matter.lineOf(key);
    if (typeof value === "string" || typeof value === "number") values[key] = String(value);
  }
  return { values, lines };
}

function isStatus(text: string): text is Thread["status"] {
  return text === "active" || text === "waiting" || text === "done";
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
