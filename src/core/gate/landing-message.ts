import type { Report } from "../../contract/run.ts";
import type { Ticket } from "../../contract/ticket.ts";

/**
 * The message of a landing commit, with typed trailers that distillation reads later: they cannot be mined afterwards.
 * Text of agents is folded to one line each, so that it cannot make trailers of its own.
 */
export function writeLandingMessage(args: { ticket: Ticket; report: Report | undefined; changed: readonly string[] }): string {
  const { ticket, report, changed } = args;
  const summary = foldLine(report?.summary ?? "");
  const trailers = [
    `Ticket: ${ticket.id}`,
    ...(ticket.provenance.decision ? [`Decision: ${foldLine(ticket.provenance.decision)}`] : []),
    ...(report?.decided ?? []).map((text) => `Decision: ${foldLine(text)}`),
    ...(report?.learned ?? []).map((text) => `Learned: ${foldLine(text)}`),
    `Changed: ${foldLine(summarizePaths(changed))}`,
  ];
  return `${[foldLine(ticket.title), ...(summary ? [guardTrailer(summary)] : []), trailers.join("\n")].join("\n\n")}\n`;
}

/**
 * The message of a commit with which several tickets land: who they are, a `Ticket:` trailer each. What each did and learned
 * stands in its own landing commit behind it.
 */
export function writeBatchMessage(tickets: readonly Pick<Ticket, "id" | "title">[]): string {
  const ids = tickets.map(({ id }) => id);
  const more = ids.length > 4 ? ` and ${ids.length - 4} more` : "";
  const subject = `Land ${ids.slice(0, 4).join(", ")}${more}`;
  const titles = tickets.map(({ id, title }) => `- ${id} ${foldLine(title)}`);
  return `${[subject, titles.join("\n"), ids.map((id) => `Ticket: ${id}`).join("\n")].join("\n\n")}\n`;
}

function summarizePaths(paths: readonly string[]): string {
  const shown = paths.slice(0, 10).join(", ");
  return paths.length > 10 ? `${shown} and ${paths.length - 10} more` : shown;
}

function foldLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 500);
}

/** A summary that looks like a trailer gets a mark before it. */
function guardTrailer(line: string): string {
  return /^[A-Za-z][A-Za-z-]*: /.test(line) ? `> ${line}` : line;
}
