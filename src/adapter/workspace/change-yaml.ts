import { isDeepStrictEqual } from "node:util";
import { type Document, isCollection, parseDocument } from "yaml";
import { indentOf, spliceRemove, spliceSet } from "./splice-yaml.ts";

/**
 * The text with one value set. Spliced where that reads back as what was meant, so that every other byte stays; else the
 * document is rendered anew, which keeps comments and order but not spacing.
 */
export function setInText(text: string, at: readonly string[], value: unknown): string {
  const document = parseDocument(text);
  // `{}` as written by init would make everything put into it a flow map.
  for (let depth = 1; depth < at.length; depth++) {
    const node = document.getIn(at.slice(0, depth), true);
    if (isCollection(node) && node.items.length === 0) node.flow = false;
  }
  document.setIn(at, typeof value === "object" && value !== null ? document.createNode(value) : value);
  return choose(text, document, spliceSet(text, at, value));
}

/** The text with one key removed, in the same way. */
export function removeFromText(text: string, at: readonly string[]): string {
  const document = parseDocument(text);
  document.deleteIn(at);
  return choose(text, document, spliceRemove(text, at));
}

/** Whether two texts say the same. */
export function meansTheSame(a: string, b: string): boolean {
  return isDeepStrictEqual(parseDocument(a).toJS(), parseDocument(b).toJS());
}

function choose(before: string, meant: Document, spliced: string | undefined): string {
  if (spliced !== undefined) {
    const read = parseDocument(spliced);
    if (read.errors.length === 0 && isDeepStrictEqual(read.toJS(), meant.toJS())) return spliced;
  }
  return meant.toString({ lineWidth: 0, indent: indentOf(before) });
}
