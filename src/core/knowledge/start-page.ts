import type { List } from "mdast";
import type { PageMatter } from "../../contract/knowledge.ts";
import { indexPath, resolveLink } from "./check-page.ts";
import { escapeClaim } from "./escape-claim.ts";
import { flattenText } from "./normalise-text.ts";
import { parsePage } from "./parse-page.ts";
import { setMatter } from "./read-matter.ts";

/** A new page with its front matter and no claim yet. `lead` says what belongs on it. */
export function startPage(matter: PageMatter, lead: string): string {
  const { title, kind, owner, authority, updated } = matter;
  const body = `# ${escapeClaim(title)}\n\n${escapeClaim(lead)}\n\n## Claims\n`;
  return setMatter(`---\n---\n\n${body}`, { title: flattenText(title), kind, owner, authority, updated });
}

/** The index with an entry for the page, at the end of its last list; unchanged when it is there. No index: a new one. */
export function listInIndex(index: string | undefined, entry: { path: string; title: string }): string {
  const text = index ?? "# Wiki\n";
  const page = parsePage(text);
  if (page.links.some((link) => resolveLink(indexPath, link.url)?.path === entry.path)) return text;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const target = entry.path
    .replace(/^wiki\//, "")
    .split("/")
    .map(encodeURIComponent)
    .join("/");
  const line = `- [${escapeClaim(entry.title)}](${target})`;
  const list = page.root.children.findLast((node): node is List => node.type === "list");
  if (list?.position?.end.offset !== undefined && !list.ordered) {
    const at = list.position.end.offset;
    const marker = text[list.position.start.offset ?? 0];
    return `${text.slice(0, at)}${newline}${line.replace(/^-/, marker ?? "-")}${text.slice(at)}`;
  }
  return `${text}${text.endsWith("\n") || text === "" ? "" : newline}${newline}${line}${newline}`;
}
