import type { TicketSummary } from "../../../app/list-tickets.ts";
import type { Paint } from "./paint.ts";
import { stripControl } from "./strip-control.ts";
import { formatTable } from "./table.ts";

type Shown = Pick<TicketSummary, "id" | "title" | "state" | "causes" | "successor">;

export function formatTickets(tickets: readonly Shown[], paint: Paint): string {
  return formatTable(
    tickets.map((ticket) => [
      { painted: paint.bold(ticket.id) },
      { painted: formatState(ticket.state, paint) },
      ticket.title,
      { painted: paint.dim(stripControl(formatCauses(ticket))) },
    ]),
  );
}

/** One ticket after something was done to it, with what comes next. */
export function formatTicketLine(ticket: Shown, paint: Paint): string {
  const next = { draft: `mos ticket ready ${ticket.id}`, ready: "mos run" }[ticket.state as string];
  const hint = next === undefined ? "" : `\n${paint.dim("Next:")} ${next}`;
  return `${formatTickets([ticket], paint)}${hint}`;
}

export function formatState(state: string, paint: Paint): string {
  if (state === "merged") return paint.green(state);
  if (state === "blocked") return paint.yellow(state);
  return state === "in_progress" || state === "verifying" ? paint.cyan(state) : state;
}

/** `MUS-11 merges (dependency)`. */
export function formatCauses({ causes, successor }: Pick<TicketSummary, "causes"> & { readonly successor?: string }): string {
  return causes
    .map(({ kind, clears }) =>
      clears === "" ? `${kind}${kind === "superseded" && successor !== undefined ? ` by ${successor}` : ""}` : `${clears} (${kind})`,
    )
    .join("; ");
}
