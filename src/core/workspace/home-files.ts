/** A file that is shown before it is written. `path` is relative to what the plan says it is relative to. */
export interface PlannedFile {
  readonly path: string;
  readonly content: string;
  /** Made by the program for editors or git: its text need not be read. */
  readonly generated?: boolean;
}

/**
 * The files that make a repository a domain's home, those alone that `existing` (its tracked paths) lacks.
 * `titleOf` gives the title of a wiki page that is there already, for the index.
 */
export function planHomeFiles(args: {
  domain: string;
  existing: readonly string[];
  titleOf?: (page: string) => string | undefined;
}): PlannedFile[] {
  const { domain, existing, titleOf = () => undefined } = args;
  const has = (path: string) => existing.includes(path);
  const hasBelow = (folder: string) => existing.some((path) => path.startsWith(`${folder}/`));
  const pages = existing
    .filter((path) => /^wiki\/.+\.md$/.test(path) && path !== "wiki/index.md")
    .map((path) => path.slice("wiki/".length));
  return [
    ...(has("DOMAIN.md") ? [] : [{ path: "DOMAIN.md", content: describeDomain(domain) }]),
    ...(hasBelow("threads") ? [] : [{ path: "threads/.gitkeep", content: "" }]),
    ...(hasBelow("notes") ? [] : [{ path: "notes/.gitkeep", content: "" }]),
    ...(has("wiki/index.md") ? [] : [{ path: "wiki/index.md", content: indexPages(domain, pages, titleOf) }]),
  ];
}

function describeDomain(domain: string): string {
  const title = domain === "operator" ? "Operator" : nameToTitle(domain);
  const purpose =
    domain === "operator"
      ? "What holds across all domains: how you work, decide and sound."
      : `What ${title} is for, in a sentence or two. Agents read this page as guidance; what must hold stands in mos.yaml.`;
  return `# ${title}

## Purpose

${purpose}

## Voice

Plain and short. Say what is known and where from.

## Priorities

1. **Broken things first**: failing tests, broken links, whatever stops work.
2. **What is due**: threads with a date.
3. **Upkeep**: formatting, indexes, stale pages.
`;
}

function indexPages(domain: string, pages: readonly string[], titleOf: (page: string) => string | undefined): string {
  const title = `${domain === "operator" ? "Operator" : nameToTitle(domain)} wiki`;
  const rows = pages.map((page) => `- [${titleOf(`wiki/${page}`) ?? nameToTitle(page.replace(/\.md$/, ""))}](${encodePath(page)})`);
  return rows.length === 0 ? `# ${title}\n` : `# ${title}\n\n${rows.join("\n")}\n`;
}

function encodePath(page: string): string {
  return page.split("/").map(encodeURIComponent).join("/");
}

/** `job-search` → `Job search`. */
export function nameToTitle(name: string): string {
  const words = name.split("/").at(-1)?.replace(/[-_]+/g, " ").trim() ?? name;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
