import type { SessionResult } from "../../../app/start-session.ts";
import { countOf } from "../../../core/text/count-of.ts";
import { formatCauses, formatState } from "./format-ticket.ts";
import type { Paint } from "./paint.ts";
import { stripControl } from "./strip-control.ts";
import { formatTable } from "./table.ts";

/** The last screen of a session: who was briefed, what became of each ticket, and where to look next. */
export function formatSession(session: SessionResult, paint: Paint): string {
  const { scouted, skipped, failed, paused, decisions, tickets, doctor, modelCalls } = session;
  const waiting = decisions.filter(({ answer }) => answer === "deferred" || answer === "open").length;
  const blocked = tickets.filter(({ state }) => state === "blocked");
  const merged = tickets.filter(({ state }) => state === "merged").length;
  const lines = [
    `${paint.bold(`Session ${session.session}`)}  briefed: ${scouted.join(", ") || "none"}${skipped.length === 0 ? "" : `  fresh: ${skipped.join(", ")}`}`,
    ...failed.map(({ domain, reason }) => `${paint.red("✖")} ${domain} was not briefed: ${stripControl(reason)}`),
    tickets.length === 0
      ? ""
      : formatTable(
          tickets.map(({ id, state, causes }) => [
            { painted: paint.bold(id) },
            { painted: formatState(state, paint) },
            formatCauses({ causes }),
          ]),
        ),
    ...decisions.flatMap(({ domain, question, refused = [] }) =>
      refused.length === 0
        ? []
        : [
            `${paint.yellow("!")} ${domain}: "${stripControl(question)}" files nothing`,
            ...refused.map((why) => `    ${stripControl(why)}`),
          ],
    ),
    ...paused.map(({ lane, reason }) => `${paint.yellow("‖")} ${lane} is paused: ${stripControl(reason)}`),
    [
      `${merged} of ${countOf(tickets.length, "ticket")} merged`,
      `${blocked.length} blocked`,
      `${countOf(decisions.length, "decision")}, ${waiting} for later`,
      `${modelCalls} model calls`,
      `doctor ${doctor.grade} (${doctor.passed}/${doctor.total})`,
    ].join(paint.dim(" · ")),
    decisions.some(({ refused = [] }) => refused.length > 0)
      ? `${paint.dim("Next:")} mos start --again asks anew, and says what was wrong`
      : "",
    blocked[0] === undefined ? "" : `${paint.dim("Next:")} mos ticket show ${blocked[0].id}`,
    doctor.grade === "A" ? "" : `${paint.dim("Next:")} mos doctor`,
  ];
  return lines.filter((line) => line !== "").join("\n");
}
