import { countOf } from "../../../core/text/count-of.ts";
import type { DemoOutcome } from "../command/demo.ts";
import { formatCauses } from "./format-ticket.ts";
import type { Paint } from "./paint.ts";
import { stripControl } from "./strip-control.ts";
import { formatTable } from "./table.ts";

/** The closing screen: what was landed where, what waits and for what, and where to look next. */
export function formatDemo(demo: DemoOutcome, paint: Paint): string {
  const domains = demo.domains.map(({ name, sealed, landed, landings, lastLanding }) => [
    { painted: paint.bold(name) },
    sealed ? "sealed" : "",
    `${landed} landed in ${countOf(landings, "commit")}`,
    { painted: paint.dim(stripControl(lastLanding ?? "")) },
  ]);
  const waiting = demo.blocked.map(({ id, title, causes }) => [
    { painted: paint.bold(id) },
    { painted: paint.yellow("blocked") },
    title,
    { painted: paint.dim(stripControl(formatCauses({ causes }))) },
  ]);
  const open = demo.open.map(({ id, title, state }) => [{ painted: paint.bold(id) }, state, title, ""]);
  const counts = [countOf(demo.tickets, "ticket"), `${demo.merged} merged`, `${demo.blocked.length} blocked`, `${demo.open.length} open`];
  return [
    formatTable(domains),
    "",
    ...(waiting.length + open.length > 0 ? [formatTable([...waiting, ...open]), ""] : []),
    `${paint.green("✔")} ${counts.join(paint.dim(" · "))} in ${(demo.wallMs / 1000).toFixed(1)} s, ${demo.modelCalls} model calls, doctor ${demo.doctor.grade}.`,
    ...(demo.distilled
      ? [
          `${paint.green("✔")} ${countOf(demo.distilled.claims, "claim")} distilled from ${countOf(demo.distilled.artifacts, "artifact")}, cited in the wikis`,
        ]
      : []),
    `${paint.dim("Workspace:")} ${demo.root}`,
    ...(demo.program === "mos" ? [] : [`${paint.dim("Here, mos is:")} ${demo.program}`]),
    "",
    paint.bold("Where to look next"),
    formatTable(lookNext(demo).map(([command, what]) => [{ painted: `  ${stripControl(command)}` }, { painted: paint.dim(what) }])),
  ].join("\n");
}

function lookNext({ root, blocked, domains, open }: DemoOutcome): [string, string][] {
  const shown = domains.find(({ landed, sealed }) => landed > 0 && !sealed)?.name;
  const [waits] = blocked;
  const deferred = open.find(({ id }) => waits?.causes.some(({ ref }) => ref === id));
  const rows: [string | undefined, string][] = [
    [`cd ${root}`, "every domain is a folder with a git repository"],
    ["mos start", "again: nothing is new, so nothing is scouted"],
    ["mos ticket list", "all tickets and what each waits for"],
    [waits && `mos ticket show ${waits.id}`, "the one that waits, with its history"],
    [deferred && `mos ticket ready ${deferred.id} && mos run`, "decide what was put off: both land, in their order"],
    [shown && `git -C ${shown} log --first-parent`, "what landed: a commit has one ticket, or several"],
    [shown && `mos brief --domain ${shown}`, "what a scout saw, by file and line"],
    [shown && `less ${shown}/wiki/history.md`, "what was learned, each claim with its source"],
    ["mos log verify", "the chained log of everything that happened"],
    [`mos demo clean --dir ${root}`, "removes this workspace"],
  ];
  return rows.flatMap(([command, what]): [string, string][] => (command === undefined ? [] : [[command, what]]));
}
