import { z } from "zod";
import { type ShownBrief, showBriefs } from "../../../app/show-briefs.ts";
import { defineCommand } from "../command-row.ts";
import type { Paint } from "../show/paint.ts";
import { stripControl } from "../show/strip-control.ts";

export const command = defineCommand({
  kind: "briefs",
  input: z.strictObject({ domain: z.string().optional() }),
  async run(context, { domain }) {
    return { data: await showBriefs(await context.openView(), domain === undefined ? {} : { domain }) };
  },
  render(briefs, paint) {
    if (briefs.length === 0) return "No brief yet. mos start takes one of every domain.";
    return briefs.map((brief) => formatBrief(brief, paint)).join("\n\n");
  },
});

function formatBrief(brief: ShownBrief, paint: Paint): string {
  const state = brief.fresh ? paint.green("fresh") : paint.yellow(`not fresh: ${stripControl(brief.stale ?? "")}`);
  const by = paint.dim(`  ${oneLine(brief.judgement?.runtime ?? "")}'s view`);
  const facts = brief.facts.map(({ kind, text, evidence, judged }) => {
    const at = evidence[0] === undefined ? "" : paint.dim(`  ${oneLine(evidence[0].path)}:${evidence[0].line}`);
    return `  ${paint.dim(kind.padEnd(7))} ${oneLine(text)}${at}${judged && evidence.length > 0 ? by : ""}`;
  });
  const judgement =
    brief.judgement === undefined ? [] : [paint.dim(`  judged by ${oneLine(brief.judgement.runtime)}${countDropped(brief.judgement)}`)];
  const questions = brief.decisions.map(
    ({ question, options, judged }) =>
      `  ? ${oneLine(question)} ${paint.dim(`(${oneLine(options[0]?.label ?? "")})`)}${judged === undefined ? "" : by}`,
  );
  return [`${paint.bold(brief.domain)}  ${state}  ${paint.dim(brief.at)}`, ...facts, ...questions, ...judgement].join("\n");
}

/** Of what a model claimed: what was not found where it said. */
function countDropped({ trees }: NonNullable<ShownBrief["judgement"]>): string {
  const sum = (key: "evidence" | "facts" | "decisions") => trees.reduce((total, { dropped }) => total + dropped[key], 0);
  if (trees.every(({ state }) => state === "failed")) return ": none was had";
  return sum("evidence") + sum("facts") + sum("decisions") === 0
    ? ""
    : `; dropped: ${sum("evidence")} claims not found, ${sum("facts")} facts, ${sum("decisions")} questions`;
}

function oneLine(text: string): string {
  return stripControl(text).replace(/\s+/g, " ").trim();
}
