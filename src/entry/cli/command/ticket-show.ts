import { z } from "zod";
import { refuseSealedTicket } from "../../../app/narrow-world.ts";
import { showTicket, type TicketDetails } from "../../../app/show-ticket.ts";
import { defineCommand } from "../command-row.ts";
import { formatCauses, formatState } from "../show/format-ticket.ts";
import type { Paint } from "../show/paint.ts";
import { stripControl } from "../show/strip-control.ts";
import { type Cell, formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "ticket",
  input: z.strictObject({ id: z.string().min(1) }),
  async run(context, { id }) {
    const world = await context.openWorld();
    if (context.callerIsAgent) refuseSealedTicket(world, id);
    return { data: await showTicket(world, { id }) };
  },
  render: (ticket, paint) =>
    [
      `${paint.bold(ticket.id)} ${stripControl(ticket.title)}`,
      formatTable(listFacts(ticket, paint)),
      section("What is asked", ticket.body, paint),
      section("Refused by the gate", formatRefused(ticket), paint),
      section("Report", ticket.report?.summary, paint),
      section("Verdict", formatVerdict(ticket, paint), paint),
      section("History", formatHistory(ticket, paint), paint),
    ]
      .filter((part) => part !== "")
      .join("\n"),
});

function listFacts(ticket: TicketDetails, paint: Paint): Cell[][] {
  const facts: [string, Cell | undefined][] = [
    ["state", { painted: formatState(ticket.state, paint) }],
    ["waits for", formatCauses(ticket) || ticket.waits?.for],
    ["since", ticket.waits?.since],
    ["tested with", ticket.waits?.batch?.join(", ")],
    ["on", ticket.waits?.base?.slice(0, 12)],
    ["domain", ticket.repo === "home" ? ticket.domain : `${ticket.domain}/${ticket.repo}`],
    ["touches", ticket.touches.length === 0 ? "the whole repository" : ticket.touches.join(", ")],
    ["depends on", ticket.dependsOn.join(", ") || undefined],
    ["successor", ticket.successor],
    ["attempts", ticket.attempts],
    ["decision", ticket.provenance.decision],
    ["words", ticket.provenance.words === undefined ? undefined : "a model's"],
    ["commit", ticket.commit],
    ["receipt", ticket.receipt?.id],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[{ painted: paint.dim(name) }, value]]));
}

function formatVerdict({ verdict }: TicketDetails, paint: Paint): string | undefined {
  return verdict?.points
    .map(
      ({ point, pass, evidence }) =>
        `${pass ? paint.green("✔") : paint.red("✖")} ${stripControl(point)}${pass ? "" : `\n${stripControl(evidence)}`}`,
    )
    .join("\n");
}

function formatRefused({ refused }: TicketDetails): string | undefined {
  if (refused === undefined) return undefined;
  return `${refused.reason}${refused.log === undefined ? "" : `\nThe whole log: ${refused.log}`}`;
}

function formatHistory({ history }: TicketDetails, paint: Paint): string {
  return formatTable(history.map(({ at, kind, actor, reason }) => [{ painted: paint.dim(at) }, kind, actor, reason]));
}

/** `text` is ours or made safe: `body` and `summary` are made safe here. */
function section(title: string, text: string | undefined, paint: Paint): string {
  if (text === undefined || text.trim() === "") return "";
  const safe = title === "Verdict" || title === "History" ? text : stripControl(text);
  return `\n${paint.bold(title)}\n${safe.trimEnd().replace(/^/gm, "  ")}`;
}
