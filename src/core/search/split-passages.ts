import type { ListItem, Nodes, RootContent } from "mdast";
import { toString as textOf } from "mdast-util-to-string";
import { PageMatter } from "../../contract/knowledge.ts";
import type { Passage } from "../../port/search.ts";
import { flattenText } from "../knowledge/normalise-text.ts";
import type { Claim, Page } from "../knowledge/parse-page.ts";

/** Changes whenever a page would be split in another way: what was indexed before is then made anew. */
export const splitVersion = 2;

const passageCharsMax = 2000;
/** Paragraphs of one section are one passage up to this length: what one says the next explains. */
const joinedCharsMax = 600;

/**
 * A page's passages, in order: each list item and table row by itself, since it is a claim, and paragraphs of one section
 * together. What was struck through no longer holds and is left out; so are pictures and footnotes' own texts.
 */
export function splitPassages(path: string, page: Page): Passage[] {
  const matter = PageMatter.safeParse(page.matter?.data);
  const title = flattenText(matter.data?.title ?? page.headings[0]?.text ?? path);
  const struck = page.claims.filter(({ superseded }) => superseded);
  const footnotes = new Map(page.footnotes.filter(({ repeated }) => !repeated).map(({ id, raw }) => [id, raw]));
  const passages: Passage[] = [];
  let above: { depth: number; text: string }[] = [];
  let open: Block[] = [];
  const close = () => {
    const text = open.map((block) => block.text).join(" ");
    const [first] = open;
    const citations = [...new Set(open.flatMap((block) => block.footnotes))].flatMap((id) => footnotes.get(id) ?? []);
    const under = above.map((heading) => heading.text);
    const heading = under.at(-1) ?? "";
    if (first && text !== "")
      passages.push({ page: path, title, heading, under, line: first.line, text: text.slice(0, passageCharsMax), citations });
    open = [];
  };
  for (const node of page.root.children) {
    if (node.type === "heading") {
      close();
      above = [...above.filter(({ depth }) => depth < node.depth), { depth: node.depth, text: flattenText(textOf(node)) }];
      continue;
    }
    for (const block of readBlocks(node, { text: page.text, struck, depth: 0 })) {
      const length = open.reduce((sum, { text }) => sum + text.length, 0);
      if (block.alone || length + block.text.length > joinedCharsMax) close();
      open.push(block);
      if (block.alone) close();
    }
  }
  close();
  return passages;
}

interface Block {
  readonly text: string;
  readonly line: number;
  readonly footnotes: readonly string[];
  /** A statement that stands by itself. */
  readonly alone: boolean;
}

/** What blocks are read from: the text, and of its claims those that were struck through, in order. */
interface Source {
  readonly text: string;
  readonly struck: readonly Claim[];
  /** Lists and quotes that it stands in. */
  readonly depth: number;
}

/** Deeper is nothing that anybody wrote. */
const depthMax = 50;

function readBlocks(node: RootContent, above: Source): Block[] {
  if (above.depth > depthMax) return [];
  const page = { ...above, depth: above.depth + 1 };
  switch (node.type) {
    case "yaml":
    case "definition":
    case "footnoteDefinition":
    case "thematicBreak":
    case "html":
      return [];
    case "list":
      return node.children.flatMap((item) => readItem(item, page));
    case "table":
      return node.children.slice(1).flatMap((row) => readParts(row.children, page, { alone: true, between: " · " }));
    case "blockquote":
      return node.children.flatMap((child) => readBlocks(child, page));
    default:
      return readParts([node], page, { alone: false, between: " " });
  }
}

/** An item's own words are one block; lists below it are others. */
function readItem(item: ListItem, page: Source): Block[] {
  const lists = item.children.filter((child) => child.type === "list");
  const own = item.children.filter((child) => child.type !== "list");
  return [...readParts(own, page, { alone: true, between: " " }), ...lists.flatMap((list) => readBlocks(list, page))];
}

function readParts(parts: readonly Nodes[], page: Source, how: { alone: boolean; between: string }): Block[] {
  const [first] = parts;
  const start = first?.position?.start.offset;
  const end = parts.at(-1)?.position?.end.offset;
  if (!first || start === undefined || end === undefined) return [];
  if (holdsStruck(page.struck, { start, end })) return [];
  const text = flattenText(parts.map((part) => textOf(part, { includeImageAlt: false })).join(how.between)).replace(/\[\^[^\]\s]+\]/g, "");
  const footnotes = [...page.text.slice(start, end).matchAll(/(?<!\\)\[\^([^\]\s]+)\]/g)].map((match) => (match[1] ?? "").toLowerCase());
  return text.trim() === "" ? [] : [{ text: text.trim(), line: first.position?.start.line ?? 1, footnotes, alone: how.alone }];
}

/** Whether a claim that was struck through lies within. */
function holdsStruck(struck: readonly Claim[], { start, end }: { start: number; end: number }): boolean {
  let [low, high] = [0, struck.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((struck[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  for (let at = low; (struck[at]?.start ?? end) < end; at += 1) if ((struck[at]?.end ?? end + 1) <= end) return true;
  return false;
}
