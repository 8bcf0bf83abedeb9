import { PageMatter, type WikiProblem } from "../../contract/knowledge.ts";
import { isMarked } from "./parse-citation.ts";
import { type Page, parsePage } from "./parse-page.ts";
import { pageOfSidecar, readSidecar, type Sidecar } from "./sidecar.ts";

export const indexPath = "wiki/index.md";

/** The files of one tree, as far as a page's links need them. */
export interface WikiFiles {
  /** Path → text of every page: `wiki/**` + `.md`. */
  readonly pages: ReadonlyMap<string, Page>;
  /** Page → its sidecar, where it has one. */
  readonly sidecars: ReadonlyMap<string, Sidecar>;
  /** Whether a file or folder is there. */
  has(path: string): boolean;
}

/**
 * What is wrong with one page by itself: front matter, links inside the repository, claims without a footnote,
 * footnotes that are not defined or no citation. Whether a citation is true, `checkCitation` says.
 * The index is navigation: it needs no front matter and makes no claims.
 */
export function checkPage(path: string, files: WikiFiles): WikiProblem[] {
  const page = files.pages.get(path);
  if (!page) return [];
  const own = path === indexPath ? [] : [...checkMatter(path, page), ...checkClaims(path, page)];
  return [...own, ...checkLinks(path, page, files)].sort((a, b) => a.line - b.line);
}

/** Whether `wiki/index.md` names every page. Nothing to say where there is no page. */
export function checkIndex(files: WikiFiles): WikiProblem[] {
  const pages = [...files.pages.keys()].filter((path) => path !== indexPath).sort();
  if (pages.length === 0) return [];
  const index = files.pages.get(indexPath);
  if (!index)
    return [{ page: indexPath, line: 1, kind: "index", problem: `there is no ${indexPath}, though there are ${pages.length} pages` }];
  const listed = new Set(index.links.map((link) => resolveLink(indexPath, link.url)?.path));
  const missing = pages.filter((path) => !listed.has(path));
  return missing.map((path) => ({ page: indexPath, line: 1, kind: "index", problem: `${path} is not listed in the index` }));
}

export function checkMatter(path: string, page: Page): WikiProblem[] {
  const at = (line: number, problem: string): WikiProblem => ({ page: path, line, kind: "front-matter", problem });
  if (!page.matter) return [at(1, "there is no front matter (title, kind, owner, authority, updated)")];
  if (!page.matter.data) return [at(1, `the front matter cannot be read: ${page.matter.error}`)];
  const parsed = PageMatter.safeParse(page.matter.data);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => {
    const key = String(issue.path[0] ?? "");
    return at(page.matter?.lineOf(key) ?? 1, key === "" ? issue.message : `${key}: ${issue.message}`);
  });
}

function checkClaims(path: string, page: Page): WikiProblem[] {
  const problems: WikiProblem[] = [];
  const defined = new Map(page.footnotes.map((footnote) => [footnote.id, footnote]));
  for (const claim of page.claims) {
    const short = claim.text.length > 80 ? `${claim.text.slice(0, 77)}...` : claim.text;
    if (claim.footnotes.length === 0) {
      problems.push({ page: path, line: claim.line, kind: "claim-uncited", problem: `no source is given for: ${short}` });
    }
    if (!claim.superseded && claim.footnotes.length > 0 && claim.footnotes.every((id) => isMarked(defined.get(id)?.citation))) {
      problems.push({ page: path, line: claim.line, kind: "claim-uncited", problem: `no source is left that says: ${short}` });
    }
    for (const id of claim.footnotes) {
      if (defined.has(id)) continue;
      problems.push({ page: path, line: claim.line, kind: "citation-missing", problem: `[^${id}] is not defined`, citation: id });
    }
  }
  for (const footnote of page.footnotes) {
    const problem = footnote.repeated ? `[^${footnote.id}] is defined twice` : footnote.problem;
    if (problem !== undefined)
      problems.push({ page: path, line: footnote.line, kind: "citation-missing", problem, citation: footnote.raw });
  }
  return problems;
}

function checkLinks(path: string, page: Page, files: WikiFiles): WikiProblem[] {
  const problems: WikiProblem[] = [];
  for (const link of page.links) {
    const reason = judgeLink(path, link.url, files);
    if (reason !== undefined) problems.push({ page: path, line: link.line, kind: "link", problem: reason });
  }
  return problems;
}

function judgeLink(page: string, url: string, files: WikiFiles): string | undefined {
  const target = resolveLink(page, url);
  if (target === undefined) return undefined;
  if (target.path === undefined) return `${url} leads out of the repository`;
  if (target.path !== "" && !files.has(target.path)) return `${url} leads to ${target.path}, which is not there`;
  const other = files.pages.get(target.path);
  if (target.anchor === "" || !other || other.headings.some((heading) => heading.slug === target.anchor)) return undefined;
  return `${url}: ${target.path} has no heading #${target.anchor}`;
}

/** Where a link of a page leads inside the repository; `undefined` for one that leads elsewhere (a web address). */
export function resolveLink(page: string, url: string): { path: string | undefined; anchor: string } | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(url) || url.startsWith("//")) return undefined;
  const [, rawPath = "", anchor = ""] = /^([^?#]*)(?:\?[^#]*)?(?:#(.*))?$/s.exec(url) ?? [];
  const path = decodePath(rawPath);
  if (path === "") return { path: page, anchor: decodePath(anchor) };
  const parts = path.startsWith("/") ? [] : page.split("/").slice(0, -1);
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return { path: undefined, anchor };
  }
  return { path: parts.join("/"), anchor: decodePath(anchor) };
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The pages and paths of a tree as `checkPage` wants them. `texts` holds the pages and their sidecars alone. */
export function wikiFilesOf(args: { texts: ReadonlyMap<string, string>; paths: Iterable<string> }): WikiFiles {
  const known = new Set<string>();
  for (const path of args.paths) {
    known.add(path);
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) known.add(path.slice(0, at));
  }
  const pages = new Map<string, Page>();
  const sidecars = new Map<string, Sidecar>();
  for (const [path, text] of args.texts) {
    const page = pageOfSidecar(path);
    if (page === undefined) pages.set(path, parsePage(text));
    else sidecars.set(page, readSidecar(text));
  }
  return { pages, sidecars, has: (path) => known.has(path) };
}

export function isPagePath(path: string): boolean {
  return path.startsWith("wiki/") && path.endsWith(".md");
}
