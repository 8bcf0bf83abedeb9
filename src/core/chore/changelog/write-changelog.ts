import type { NotableCommit } from "./read-commits.ts";
import { describeCommit } from "./write-changeset.ts";

const sectionOf: Readonly<Record<NotableCommit["type"], string>> = {
  breaking: "Changed",
  feat: "Added",
  perf: "Changed",
  fix: "Fixed",
  revert: "Removed",
};
const order = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

/** Entries under `Unreleased`, in the sections of keep a changelog. Nothing that is there is changed or moved. */
export function addToChangelog(before: string | undefined, commits: readonly NotableCommit[]): string {
  const newline = before?.includes("\r\n") ? "\r\n" : "\n";
  const lines = (before ?? "# Changelog\n").replace(/(\r?\n)+$/, "").split(/\r?\n/);
  const start = openUnreleased(lines);
  for (const section of order) {
    const entries = commits.filter(({ type }) => sectionOf[type] === section).map((commit) => `- ${describeCommit(commit)}`);
    if (entries.length > 0) addSection(lines, start, section, entries);
  }
  return `${lines.join(newline)}${newline}`;
}

/** The line of the heading; made above the first release when it is missing. */
function openUnreleased(lines: string[]): number {
  const there = lines.findIndex((line) => /^##\s+\[?unreleased\]?/i.test(line));
  if (there !== -1) return there;
  const release = lines.findIndex((line) => /^##\s/.test(line));
  const link = lines.findIndex((line) => /^\[[^\]]+\]:\s/.test(line));
  const at = release !== -1 ? release : link !== -1 ? link : lines.length;
  const bracketed = release !== -1 && /^##\s+\[/.test(lines[release] ?? "");
  const heading = bracketed ? "## [Unreleased]" : "## Unreleased";
  if (at === lines.length) {
    lines.push("", heading);
    return lines.length - 1;
  }
  lines.splice(at, 0, heading, "");
  return at;
}

/** At the end of the section's list; a new section goes where its name has its place. */
function addSection(lines: string[], start: number, section: string, entries: readonly string[]): void {
  const end = endOf(lines, start + 1, /^##\s|^\[[^\]]+\]:\s/);
  const own = findIn(lines, start + 1, end, (line) => line.trim().toLowerCase() === `### ${section.toLowerCase()}`);
  if (own !== -1) {
    const stop = endOf(lines, own + 1, /^#{2,3}\s|^\[[^\]]+\]:\s/);
    const last = lastFilled(lines, own, Math.min(stop, end));
    lines.splice(last + 1, 0, ...(last === own ? [""] : []), ...entries);
    return;
  }
  const later = findIn(lines, start + 1, end, (line) => order.indexOf(/^###\s+(\w+)/.exec(line)?.[1] ?? "") > order.indexOf(section));
  if (later !== -1) {
    lines.splice(later, 0, `### ${section}`, "", ...entries, "");
    return;
  }
  const last = lastFilled(lines, start, end);
  const after = last + 1 < lines.length && lines[last + 1] !== "" ? [""] : [];
  lines.splice(last + 1, 0, "", `### ${section}`, "", ...entries, ...after);
}

function findIn(lines: readonly string[], from: number, to: number, fits: (line: string) => boolean): number {
  for (let at = from; at < to; at += 1) if (fits(lines[at] ?? "")) return at;
  return -1;
}

function endOf(lines: readonly string[], from: number, border: RegExp): number {
  const at = findIn(lines, from, lines.length, (line) => border.test(line));
  return at === -1 ? lines.length : at;
}

function lastFilled(lines: readonly string[], from: number, to: number): number {
  let at = to - 1;
  while (at > from && (lines[at] ?? "").trim() === "") at -= 1;
  return at;
}
