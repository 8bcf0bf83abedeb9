import type { AgentLine } from "../../../app/agents/list-agents.ts";
import type { Paint } from "./paint.ts";
import { stripControl } from "./strip-control.ts";
import { type Cell, formatTable } from "./table.ts";

/** Runtime × agent → what was seen. What a role lacks is told in full below the table. */
export function formatAgents(lines: readonly AgentLine[], paint: Paint): string {
  const heads = ["RUNTIME", "VERSION", "AGENT", "OFFERED", "WORKS", "REFUSED", "HOOKS", "SPAWNS", "ASKS", "OUTPUT", "RESUMES", "COST"];
  const notes = lines.flatMap((line) => describeLine(line, paint));
  return [formatTable([heads, ...lines.map((line) => rowOf(line, paint))]), ...notes].join("\n");
}

function rowOf(line: AgentLine, paint: Paint): Cell[] {
  const { runtime, version = "", agent, state } = line;
  if (state !== "current" && state !== "stale")
    return [runtime, version, agent, { painted: paint.dim(state === "needs-none" ? "nothing to probe" : state) }];
  const role = agent !== "main" && agent !== "subagent";
  return [
    ...[runtime, version, agent],
    String(line.offered.length),
    line.works.join(",") || "–",
    line.open.length > 0 ? { painted: paint.red(`OPEN ${line.open.length}`) } : role ? String(line.refused.length) : "–",
    line.hooks,
    line.spawns ? `${line.spawnLevels} deep` : "no",
    line.asks ? "yes" : "no",
    role ? (line.structuredOutput ? (line.outputBy ?? "its last words") : { painted: paint.red("none") }) : "–",
    role ? (line.resumes ? "yes" : "no") : "–",
    line.cost,
  ];
}

function describeLine(line: AgentLine, paint: Paint): string[] {
  const { runtime, agent, state, able, reason, fix, offered } = line;
  const name = agent === "any" ? runtime : `${runtime} as ${agent}`;
  const remedy = fix === undefined ? "" : `\n  ${paint.cyan("→")} ${stripControl(fix)}`;
  if (state === "needs-none") return [`${paint.dim("·")} ${name}: ${reason}`];
  if (state === "absent" || state === "not-probed") return [`${paint.yellow("?")} ${name}: ${stripControl(reason)}${remedy}`];
  const tools = paint.dim(stripControl(offered.join(" ")));
  const mark = agent === "main" || agent === "subagent" ? paint.dim("·") : able ? paint.green("✔") : paint.red("✖");
  return [`${mark} ${name}: ${tools}${able ? "" : `\n  ${stripControl(reason)}${remedy}`}`];
}
