import { stripVTControlCharacters } from "node:util";
import { stripControl } from "./strip-control.ts";

/** Columns padded to their widest cell, two spaces apart; no borders, so that a line can be cut and grepped. */
export function formatTable(rows: readonly (readonly Cell[])[]): string {
  const shown = rows.map((row) => row.map(showCell));
  const widths: number[] = [];
  for (const row of shown) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, widthOf(cell));
  }
  return shown.map((row) => joinRow(row, widths)).join("\n");
}

/** Plain text is taken as untrusted; `{ painted }` was coloured by us, from text that was made safe first. */
export type Cell = string | number | { readonly painted: string };

function showCell(cell: Cell): string {
  if (typeof cell === "object") return cell.painted;
  return stripControl(String(cell)).replace(/\s+/g, " ");
}

function joinRow(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, at) => (at === row.length - 1 ? cell : cell + " ".repeat((widths[at] ?? 0) - widthOf(cell))))
    .join("  ")
    .trimEnd();
}

function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
