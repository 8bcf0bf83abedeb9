import type { Evidence } from "../../contract/brief.ts";
import { findSecrets } from "../gate/find-secrets.ts";

const quoteMax = 500;
/** A part of a line shorter than this could stand anywhere. */
const partMin = 12;

/**
 * What a claim's quote comes to as evidence of this line: the whole line, or the part of a line that is too long to be quoted
 * whole. Spacing is not compared. `undefined`: it does not stand there, or a secret does.
 */
export function quoteFound(line: string, claimed: string): string | undefined {
  const [whole, part] = [flatten(line), flatten(claimed)];
  if (part === "" || (whole !== part && (part.length < partMin || !whole.includes(part)))) return undefined;
  if (findSecrets(line).length > 0) return undefined;
  if (line.length <= quoteMax) return line;
  return line.includes(claimed) ? claimed : undefined;
}

/** The number of the line where evidence stands now: where it stood, or the only line of the file that is the same. */
export function findQuote(lines: readonly string[], { line, quote }: Pick<Evidence, "line" | "quote">): number | undefined {
  const holds = (text: string | undefined) => text !== undefined && (text === quote || (text.length > quoteMax && text.includes(quote)));
  if (holds(lines[line - 1])) return line;
  const others = quote.trim().length < partMin ? [] : lines.flatMap((text, index) => (holds(text) ? [index + 1] : []));
  return others.length === 1 ? others[0] : undefined;
}

function flatten(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
