import type { RunWord } from "../../../app/agents/attach-run.ts";
import { stripControl } from "./strip-control.ts";

const marks: Record<RunWord["who"], string> = { model: "»", call: "$", answer: "=", note: "·", end: "■" };

/** One line of a run for people; what follows a line break is set in under its beginning. */
export function formatRunWord({ run, who, text }: RunWord): string {
  const [first = "", ...rest] = text.split("\n").map((line) => stripControl(line));
  return [`${run} ${marks[who]} ${first}`, ...rest.map((line) => `    ${line}`)].join("\n");
}
