import { basename } from "node:path";
import type { RhythmChange } from "../../../app/install-rhythm.ts";
import { stripControl } from "./strip-control.ts";

/** A change as a person reads it: a new file whole, a changed one by its lines, one that goes by its name. */
export function describeChange({ file, before, after, link }: RhythmChange): string {
  const head = (what: string) => stripControl(`── ${file} (${what})`);
  if (link === true) return head(after === undefined ? "the link goes" : `a link to ${after}`);
  if (after === undefined) return head("goes");
  if (before === undefined || before === "") return `${head("new")}\n${indent(after, " ")}`;
  return `${head("changes")}\n${diffLines(before, after)
    .map(({ sign, line }) => indent(line, sign))
    .join("\n")}`;
}

/** What is left to do by hand: systemd reads its files when it is told to. */
export function nextOf({ kind, changes }: { kind: "systemd" | "cron"; changes: readonly RhythmChange[] }): string[] {
  if (kind === "cron") return [];
  const timers = (isKept: boolean) =>
    changes.flatMap(({ file, after, link }) =>
      link !== true && file.endsWith(".timer") && (after !== undefined) === isKept ? [basename(file)] : [],
    );
  const [written, gone] = [timers(true), timers(false)];
  return [
    ...(gone.length > 0 ? [`systemctl --user stop ${gone.join(" ")}`] : []),
    "systemctl --user daemon-reload",
    ...(written.length > 0
      ? [`systemctl --user restart ${written.join(" ")}`, "loginctl enable-linger, so that they also run while you are logged out"]
      : []),
  ];
}

/** The lines that go and those that come, in their order, with none of what stays. */
function diffLines(before: string, after: string): { sign: "-" | "+"; line: string }[] {
  const [old, now] = [before.replace(/\n$/, "").split("\n"), after.replace(/\n$/, "").split("\n")];
  const [stays, comes] = [new Set(now), new Set(old)];
  return [
    ...old.filter((line) => !stays.has(line)).map((line) => ({ sign: "-" as const, line })),
    ...now.filter((line) => !comes.has(line)).map((line) => ({ sign: "+" as const, line })),
  ];
}

function indent(text: string, sign: string): string {
  return stripControl(text.trimEnd()).replace(/^/gm, ` ${sign} `);
}
