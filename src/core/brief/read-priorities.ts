/** An item of DOMAIN.md's `## Priorities`, the first the weightiest. */
export interface Priority {
  readonly text: string;
  /** What stands in bold at its start. */
  readonly keyword?: string;
}

/** The priorities in their order; none when DOMAIN.md has no such section. Continuation lines belong to their item. */
export function readPriorities(guide: string): Priority[] {
  const items: string[] = [];
  let inside = false;
  for (const line of guide.split(/\r?\n/)) {
    if (/^#{1,2}\s/.test(line)) inside = /^##\s+priorities\s*$/i.test(line);
    else if (inside) addLine(items, line);
  }
  return items.map((text) => {
    const keyword = /^(?:\*\*|__)(.+?)(?:\*\*|__)/.exec(text)?.[1]?.replace(/[:.]$/, "");
    return keyword === undefined ? { text } : { text, keyword };
  });
}

function addLine(items: string[], line: string): void {
  const item = /^(?:\d+[.)]|[-*+])\s+(.*\S)\s*$/.exec(line)?.[1];
  if (item !== undefined) items.push(item);
  else if (items.length > 0 && /^\s+\S/.test(line)) items[items.length - 1] += ` ${line.trim()}`;
}
