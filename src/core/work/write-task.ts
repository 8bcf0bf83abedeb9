import type { Ticket } from "../../contract/ticket.ts";
import { splitFindings } from "./split-findings.ts";

const pathsShown = 100;

/** What is asked, in the words of who filed it and released it (T9): title, text, paths, what must hold. */
export function writeTask(ticket: Pick<Ticket, "id" | "title" | "body" | "touches" | "accept" | "run" | "generates" | "appends">): string {
  const { id, title, body, touches, accept, run, generates, appends } = ticket;
  const { asked } = splitFindings(body);
  return [
    `${id}: ${title}`,
    ...(asked.trim() === "" ? [] : ["", asked.trim()]),
    "",
    touches.length === 0 ? "It may change the whole repository." : "It may change these paths and no other:",
    ...listSome(touches),
    ...(appends.length === 0 ? [] : ["", "Of these, files to which lines are only added:", ...listSome(appends)]),
    ...(generates.length === 0 ? [] : ["", "Files that a command makes:", ...generates.map((one) => `- ${one.path}: ${one.run}`)]),
    ...(run.length === 0 ? [] : ["", "Commands that belong to it:", ...run.map((command) => `- ${command}`)]),
    "",
    "It is done when:",
    ...accept.map(({ text, run: check }, index) => `${index + 1}. ${text}${check === undefined || check === text ? "" : `  (${check})`}`),
  ].join("\n");
}

function listSome(paths: readonly string[]): string[] {
  const shown = paths.slice(0, pathsShown).map((path) => `- ${path}`);
  return paths.length > pathsShown ? [...shown, `- … ${paths.length - pathsShown} more`] : shown;
}
