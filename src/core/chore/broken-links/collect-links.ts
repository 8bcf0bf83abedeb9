import type { Definition, Image, Link } from "mdast";
import remarkFrontmatter from "remark-frontmatter";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { visit } from "unist-util-visit";

/** A link to a file of the repository, with the place of its target in the text (UTF-16 offsets). */
export interface FileLink {
  /** As written: `../guide.md`. */
  readonly raw: string;
  /** Decoded, without query and anchor. */
  readonly target: string;
  /** `?query#anchor`, as written. */
  readonly rest: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** A page with more is no page that somebody reads, and markdown can be written to cost its parser hours. */
const linksMax = 5000;

const processor = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter).freeze();

/** Links, images and definitions that name a path. Web addresses, anchors of the page itself and templates are none. */
export function collectFileLinks(text: string): FileLink[] {
  const links: FileLink[] = [];
  visit(processor.parse(text), (node) => {
    if (node.type !== "link" && node.type !== "image" && node.type !== "definition") return;
    const link = locateTarget(text, node);
    if (link) links.push(link);
  });
  return links.sort((a, b) => a.start - b.start);
}

/**
 * Every target that could be one, without parsing markdown: a hundred times as fast, and it misses none, though it also
 * gives what stands in code. Where all of them are there, nothing needs to be parsed.
 */
export function scanTargets(text: string): string[] | "too-many" {
  const targets = new Set<string>();
  let count = 0;
  for (const match of text.matchAll(/\](\(|(?<!\[\^[^\]\n]{0,200}\]):)(?=\s*(?:<([^>\n]{0,2000})>|([^\s<]\S{0,2000})))/g)) {
    count += 1;
    if (count > linksMax) return "too-many";
    const raw = match[2] ?? trimClosing(match[3], match[1] === "(" ? "link" : "definition") ?? "";
    const path = /^[^?#]*/.exec(raw)?.[0] ?? "";
    if (path !== "" && !isElsewhere(raw)) targets.add(decodePath(path));
  }
  return [...targets];
}

function locateTarget(text: string, node: Link | Image | Definition): FileLink | undefined {
  const from = node.position?.start.offset;
  const to = node.position?.end.offset;
  if (from === undefined || to === undefined || isElsewhere(node.url)) return undefined;
  const source = text.slice(from, to);
  const mark = node.type === "definition" ? source.indexOf("]:") : source.lastIndexOf("](");
  if (mark === -1) return undefined;
  const found = /^\s*(?:<([^>\n]*)>|([^\s<]\S*))/.exec(source.slice(mark + 2));
  const raw = found?.[1] ?? trimClosing(found?.[2], node.type);
  if (!found || raw === undefined || raw === "") return undefined;
  const start = from + mark + 2 + found[0].indexOf(raw);
  const [, path = "", rest = ""] = /^([^?#]*)(.*)$/s.exec(raw) ?? [];
  if (path === "") return undefined;
  const line = (node.position?.start.line ?? 1) + text.slice(from, start).split("\n").length - 1;
  return { raw, target: decodePath(path), rest, line, start, end: start + raw.length };
}

/** Of `a.md)` the path; parentheses that are balanced belong to it. */
function trimClosing(word: string | undefined, type: string): string | undefined {
  if (word === undefined || type === "definition") return word;
  let depth = 0;
  for (let at = 0; at < word.length; at += 1) {
    if (word[at] === "\\") at += 1;
    else if (word[at] === "(") depth += 1;
    else if (word[at] === ")" && depth-- === 0) return word.slice(0, at);
  }
  return word;
}

function isElsewhere(url: string): boolean {
  return /^[a-z][a-z0-9+.-]*:|^\/\/|^#|^\?|\{\{|\$\{|<%|%7B%7B/i.test(url) || url === "" || url.includes("\\");
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
