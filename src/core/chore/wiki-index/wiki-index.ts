import { collectFileLinks } from "../broken-links/collect-links.ts";
import { type Chore, type ChoreFinding, type ChoreWorld, findingsMax } from "../chore.ts";
import { encodeLink, relativePath, resolvePath } from "../join-path.ts";
import { readTitle } from "../read-title.ts";

const indexPath = "wiki/index.md";

/** `wiki/index.md` names every page of the wiki, by its title, and nothing that is not there. */
export const wikiIndex: Chore = {
  id: "wiki-index",

  async find(world) {
    return findProblems(world).slice(0, findingsMax);
  },

  async fix(world) {
    const before = world.tree.read(indexPath);
    const problems = findProblems(world);
    if (problems.length === 0) return { edits: [], changed: [] };
    const text = before === undefined ? newIndex(world) : mendIndex(world, before);
    return { edits: [{ path: indexPath, text }], changed: [`${indexPath} names all ${pagesOf(world).length} pages`] };
  },

  async check(world) {
    return findProblems(world).map(({ text }) => text);
  },
};

function findProblems(world: ChoreWorld): ChoreFinding[] {
  const pages = pagesOf(world);
  if (pages.length === 0) return [];
  const text = world.tree.read(indexPath);
  const values = { index: indexPath };
  const problem = (subject: string, said: string, path: string, line: number): ChoreFinding => ({
    subject,
    text: said,
    evidence: [{ path, line }],
    values,
  });
  if (text === undefined) {
    if (world.tree.has(indexPath)) return [];
    return pages.map((page) => problem(page, `${page} is in no index: there is no ${indexPath}`, page, titleLine(world, page)));
  }
  const problems: ChoreFinding[] = [];
  const listed = new Set<string>();
  for (const entry of readEntries(text)) {
    if (entry.path === undefined) continue;
    listed.add(entry.path);
    const isPage = pages.includes(entry.path);
    if (entry.alone && !world.tree.has(entry.path)) {
      problems.push(problem(`gone ${entry.path}`, `${indexPath} lists ${entry.path}, which is not there`, indexPath, entry.line));
    } else if (entry.alone && isPage && entry.label !== titleOf(world, entry.path)) {
      const said = `${indexPath} calls ${entry.path} "${entry.label}"; its title is "${titleOf(world, entry.path)}"`;
      problems.push(problem(`title ${entry.path}`, said, indexPath, entry.line));
    }
  }
  for (const page of pages.filter((path) => !listed.has(path))) {
    problems.push(problem(page, `${page} is not listed in ${indexPath}`, page, titleLine(world, page)));
  }
  return problems;
}

function pagesOf(world: ChoreWorld): string[] {
  return world.tree.paths.filter((path) => path.startsWith("wiki/") && path.endsWith(".md") && path !== indexPath && path.length <= 300);
}

interface Entry {
  /** `undefined`: a link out of the repository. */
  readonly path: string | undefined;
  readonly label: string;
  readonly line: number;
  /** A list item of this link and nothing else: an entry of the index. */
  readonly alone: boolean;
}

const entryLine = /^[ \t]*[-*+][ \t]+\[((?:\\.|[^\]\\])*)\]\((?:<[^>]*>|[^\s()]+)\)[ \t]*$/;

function readEntries(text: string): Entry[] {
  const lines = text.split(/\r?\n/);
  return collectFileLinks(text).map((link) => {
    const match = entryLine.exec(lines[link.line - 1] ?? "");
    const label = (match?.[1] ?? "").replace(/\\([[\]\\])/g, "$1");
    return { path: resolvePath("wiki", link.target), label, line: link.line, alone: match !== null };
  });
}

/** Entries whose page is gone are taken out, those with an old title get the new one, what is missing goes to the end of the list. */
function mendIndex(world: ChoreWorld, text: string): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const lines: (string | undefined)[] = text.replace(/(\r?\n)+$/, "").split(/\r?\n/);
  const pages = pagesOf(world);
  const listed = new Set<string>();
  let last = -1;
  for (const { path, line, alone } of readEntries(text)) {
    if (path === undefined) continue;
    const at = line - 1;
    if (alone && !world.tree.has(path)) lines[at] = undefined;
    else if (alone && pages.includes(path)) {
      const indent = /^[ \t]*[-*+][ \t]+/.exec(lines[at] ?? "")?.[0] ?? "- ";
      const target = /\]\((.*)\)[ \t]*$/.exec(lines[at] ?? "")?.[1] ?? linkOf(path);
      lines[at] = `${indent}[${escapeLabel(titleOf(world, path))}](${target})`;
      last = at;
    }
    listed.add(path);
  }
  const missing = pages.filter((page) => !listed.has(page)).map((page) => entryOf(world, page));
  if (last === -1) lines.push("", ...missing);
  else lines.splice(last + 1, 0, ...missing);
  return `${lines.filter((line) => line !== undefined).join(newline)}${newline}`;
}

function newIndex(world: ChoreWorld): string {
  return `# Wiki\n\n${pagesOf(world)
    .map((page) => entryOf(world, page))
    .join("\n")}\n`;
}

function entryOf(world: ChoreWorld, page: string): string {
  return `- [${escapeLabel(titleOf(world, page))}](${linkOf(page)})`;
}

function linkOf(page: string): string {
  return encodeLink(relativePath("wiki", page));
}

function escapeLabel(title: string): string {
  return title.replace(/[[\]\\]/g, "\\$&");
}

function titleOf(world: ChoreWorld, page: string): string {
  return readTitle(page, world.tree.read(page) ?? "");
}

function titleLine(world: ChoreWorld, page: string): number {
  const lines = (world.tree.read(page) ?? "").split(/\r?\n/);
  const at = lines.findIndex((line) => /^title:|^#\s/.test(line));
  return at === -1 ? 1 : at + 1;
}
