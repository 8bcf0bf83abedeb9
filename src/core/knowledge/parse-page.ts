import type {
  Definition,
  Delete,
  FootnoteDefinition,
  Heading,
  Image,
  Link,
  ListItem,
  Node,
  Nodes,
  Paragraph,
  Root,
  TableRow,
  Text,
} from "mdast";
import { toString as textOf } from "mdast-util-to-string";
import remarkFrontmatter from "remark-frontmatter";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { SKIP, visit } from "unist-util-visit";
import type { Citation } from "../../contract/knowledge.ts";
import { flattenText } from "./normalise-text.ts";
import { parseCitation } from "./parse-citation.ts";
import { type Matter, readMatter } from "./read-matter.ts";

/** A statement of a page, with the footnotes that it ends in. Offsets are of UTF-16 units in the page's text. */
export interface Claim {
  readonly shape: "item" | "paragraph" | "row";
  readonly text: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** The nearest heading above, its text; empty before the first. */
  readonly heading: string;
  /** Footnotes referred to, in order, defined or not; lower case. */
  readonly footnotes: readonly string[];
  /** Struck through: it no longer holds, and is kept for its history. */
  readonly superseded: boolean;
}

/** `[^c1]: …`. */
export interface Footnote {
  readonly id: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** What follows the colon, in one line. */
  readonly raw: string;
  readonly citation?: Citation;
  /** Why `raw` is no citation. */
  readonly problem?: string;
  /** A second definition of the same id: markdown ignores it. */
  readonly repeated: boolean;
}

export interface PageLink {
  readonly url: string;
  readonly line: number;
  readonly text: string;
}

export interface PageHeading {
  readonly depth: number;
  readonly text: string;
  readonly line: number;
  /** The anchor that a link's `#…` names. */
  readonly slug: string;
}

export interface Page {
  readonly text: string;
  readonly matter?: Matter;
  readonly headings: readonly PageHeading[];
  readonly claims: readonly Claim[];
  readonly footnotes: readonly Footnote[];
  readonly links: readonly PageLink[];
  /** For edits: the top-level lists and where the body ends. */
  readonly root: Root;
}

const processor = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter).freeze();

/** A heading under which every paragraph is a claim, and needs a source like a list item. */
const claimHeading = /^(claims?|facts?|decisions?|history|lessons?|learned)$/i;

/**
 * Reads a wiki page. Never throws: what is wrong with it, `checkPage` says.
 *
 * Claims are: each list item (its own text, without the lists below it), unless it is nothing but a link; each
 * paragraph or table row that refers to a footnote; each paragraph under a section heading (`##` or lower) named Claims, Facts,
 * Decisions, History, Lessons or Learned. All other paragraphs are prose that introduces.
 */
export function parsePage(text: string): Page {
  const root = processor.parse(text);
  const matter = readMatter(text);
  const headings = collectHeadings(root);
  return {
    text,
    ...(matter ? { matter } : {}),
    headings,
    claims: collectClaims(root, text, headings),
    footnotes: collectFootnotes(root, text),
    links: collectLinks(root),
    root,
  };
}

function collectHeadings(root: Root): PageHeading[] {
  const headings: PageHeading[] = [];
  const seen = new Map<string, number>();
  visit(root, "heading", (node: Heading) => {
    const text = textOf(node);
    const base = text
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
      .replace(/ /g, "-");
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    headings.push({ depth: node.depth, text, line: lineOf(node), slug: count === 0 ? base : `${base}-${count}` });
  });
  return headings;
}

function collectClaims(root: Root, text: string, headings: readonly PageHeading[]): Claim[] {
  const claims: Claim[] = [];
  const headingAt = (line: number) => headings[countBefore(headings, line) - 1];
  const add = (shape: Claim["shape"], parts: readonly Nodes[], always: boolean) => {
    const first = parts[0];
    const last = parts.at(-1);
    if (!first || !last) return;
    const footnotes = parts.flatMap((part) => footnotesIn(part, text));
    const heading = headingAt(lineOf(first));
    const claimed = shape === "paragraph" && heading !== undefined && heading.depth > 1 && claimHeading.test(heading.text.trim());
    if (!always && footnotes.length === 0 && !claimed) return;
    const span = { line: lineOf(first), start: first.position?.start.offset ?? 0, end: last.position?.end.offset ?? 0 };
    claims.push({
      shape,
      text: claimText(parts, text),
      ...span,
      heading: heading?.text ?? "",
      footnotes,
      superseded: parts.some(isSuperseded),
    });
  };
  visit(root, (node) => {
    switch (node.type) {
      case "footnoteDefinition":
      case "yaml":
        return SKIP;
      case "listItem": {
        const own = (node as ListItem).children.filter((child): child is Paragraph => child.type === "paragraph");
        add("item", own, own.length > 0 && !isNavigation(own));
        return undefined;
      }
      case "tableRow":
        add("row", [node as TableRow], false);
        return SKIP;
      case "paragraph":
        return undefined;
      default:
        for (const child of "children" in node ? node.children : []) {
          if (child.type === "paragraph") add("paragraph", [child], false);
        }
        return undefined;
    }
  });
  return claims.sort((a, b) => a.start - b.start);
}

/** How many of the headings, which are in order, stand above a line. */
function countBefore(headings: readonly PageHeading[], line: number): number {
  let [low, high] = [0, headings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((headings[middle]?.line ?? 0) < line) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Nothing but links: an entry of an index or a "see also", not a claim. */
function isNavigation(parts: readonly Paragraph[]): boolean {
  const children = parts.flatMap((part) => part.children);
  const links = children.filter((child) => child.type === "link" || child.type === "linkReference");
  const others = children.filter((child) => child.type !== "link" && child.type !== "linkReference");
  return links.length > 0 && others.every((child) => /^[\s\p{P}]*$/u.test(textOf(child)) && child.type === "text");
}

function isSuperseded(part: Nodes): boolean {
  return "children" in part && (part.children[0] as Node | undefined)?.type === "delete";
}

/** The statement itself: without footnotes; of a superseded one, what was struck through. */
function claimText(parts: readonly Nodes[], text: string): string {
  const words: string[] = [];
  const struck = parts[0] && isSuperseded(parts[0]) ? ((parts[0] as Paragraph).children[0] as Delete) : undefined;
  for (const part of struck ? [struck] : parts) {
    visit(part, (node) => {
      if (node.type === "inlineCode") words.push(node.value);
      if (node.type === "text") {
        words.push(undefinedIn(node, text).reduce((value, { id }) => value.replace(`[^${id}]`, ""), node.value));
      }
      if (node.type === "break") words.push(" ");
      if (node.type === "paragraph" && words.length > 0) words.push(" ");
    });
  }
  return flattenText(words.join(""));
}

/** Footnotes that a block refers to, in order, defined or not. */
function footnotesIn(part: Nodes, text: string): string[] {
  const found: { id: string; at: number }[] = [];
  visit(part, (node) => {
    if (node.type === "footnoteReference") found.push({ id: node.identifier, at: node.position?.start.offset ?? 0 });
    if (node.type === "text") found.push(...undefinedIn(node, text));
  });
  return found.sort((a, b) => a.at - b.at).map(({ id }) => id.toLowerCase());
}

/** A reference without a definition is plain text to markdown: it is found in the source, where an escaped one differs. */
function undefinedIn(node: Text, text: string): { id: string; at: number }[] {
  const at = node.position?.start.offset ?? 0;
  const source = text.slice(at, node.position?.end.offset ?? at);
  return [...source.matchAll(/(?<!\\)\[\^([^\]\s]+)\]/g)].map((match) => ({ id: match[1] ?? "", at: at + match.index }));
}

function collectFootnotes(root: Root, text: string): Footnote[] {
  const footnotes: Footnote[] = [];
  const seen = new Set<string>();
  visit(root, "footnoteDefinition", (node: FootnoteDefinition) => {
    const id = node.identifier.toLowerCase();
    const start = node.position?.start.offset ?? 0;
    const end = node.position?.end.offset ?? start;
    const raw = flattenText(text.slice(start, end).replace(/^\[\^[^\]]+\]:/, ""));
    const parsed = parseCitation(raw);
    footnotes.push({
      id,
      line: lineOf(node),
      start,
      end,
      raw,
      ...(parsed.kind === "citation" ? { citation: parsed.citation } : { problem: parsed.problem }),
      repeated: seen.has(id),
    });
    seen.add(id);
  });
  return footnotes;
}

function collectLinks(root: Root): PageLink[] {
  const links: PageLink[] = [];
  visit(root, (node) => {
    if (node.type === "link" || node.type === "image" || node.type === "definition") {
      const link = node as Link | Image | Definition;
      links.push({ url: link.url, line: lineOf(link), text: textOf(link) });
    }
    return node.type === "footnoteDefinition" ? SKIP : undefined;
  });
  return links;
}

function lineOf(node: Node): number {
  return node.position?.start.line ?? 1;
}
