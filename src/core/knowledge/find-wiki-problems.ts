import type { WikiProblem } from "../../contract/knowledge.ts";
import { checkCitation } from "./check-citation.ts";
import { checkIndex, checkPage, indexPath, type WikiFiles } from "./check-page.ts";
import type { Page } from "./parse-page.ts";
import type { Sources } from "./sources.ts";

/** Everything that is wrong in a wiki, stale and moved citations included: what `mos wiki check` prints. */
export async function findWikiProblems(files: WikiFiles, sources: Sources): Promise<WikiProblem[]> {
  const cited = await checkCitations(citationsOf(files), sources);
  return sortProblems([...staticProblems(files), ...cited]);
}

/**
 * What a change of the wiki makes wrong: what a gate fails on (K4). Of links, front matter, index and missing
 * footnotes: what was not wrong before. Of citations that are missing, stale or moved: only those that the change adds,
 * or whose claim it changes. A source that a ticket changes leaves a finding, never a failed gate.
 */
export async function problemsOfChange(before: WikiFiles, after: WikiFiles, sources: Sources): Promise<WikiProblem[]> {
  const old = staticProblems(before).map(problemKey);
  const fresh = staticProblems(after).filter((problem) => {
    const at = old.indexOf(problemKey(problem));
    if (at !== -1) old.splice(at, 1);
    return at === -1;
  });
  const known = new Set(citationsOf(before).map((use) => use.key));
  const added = citationsOf(after).filter((use) => !known.has(use.key));
  return sortProblems([...fresh, ...(await checkCitations(added, sources))]);
}

/** A citation where a claim uses it. */
interface CitationUse {
  readonly page: string;
  readonly line: number;
  readonly raw: string;
  readonly citation: NonNullable<Page["footnotes"][number]["citation"]>;
  readonly key: string;
}

/** Of a superseded claim nothing is asked: that its source says something else now is why it was superseded. */
function citationsOf(files: WikiFiles): CitationUse[] {
  const uses: CitationUse[] = [];
  for (const [path, page] of files.pages) {
    if (path === indexPath) continue;
    for (const { id, citation, raw, line, repeated } of page.footnotes) {
      if (!citation || repeated) continue;
      const users = page.claims.filter((claim) => claim.footnotes.includes(id));
      if (users.length > 0 && users.every((claim) => claim.superseded)) continue;
      const said = users.map((claim) => claim.text).join("\n");
      uses.push({ page: path, line: users[0]?.line ?? line, raw, citation, key: `${path}\n${raw}\n${said}` });
    }
  }
  return uses;
}

async function checkCitations(uses: readonly CitationUse[], sources: Sources): Promise<WikiProblem[]> {
  const problems: WikiProblem[] = [];
  for (const use of uses) {
    const status = await checkCitation(use.citation, sources);
    const where = { page: use.page, line: use.line, citation: use.raw };
    if (status.kind === "missing") problems.push({ ...where, kind: "citation-missing", problem: status.reason });
    if (status.kind === "stale") problems.push({ ...where, kind: "citation-stale", problem: status.reason });
    if (status.kind === "moved") {
      problems.push({ ...where, kind: "citation-moved", problem: `the words now stand in ${status.path}#L${status.from}-L${status.to}` });
    }
  }
  return problems;
}

function staticProblems(files: WikiFiles): WikiProblem[] {
  return [...[...files.pages.keys()].sort().flatMap((path) => checkPage(path, files)), ...checkIndex(files)];
}

/** Without the line: what stood further up before is no new problem. */
function problemKey(problem: WikiProblem): string {
  return JSON.stringify([problem.page, problem.kind, problem.problem, problem.citation]);
}

function sortProblems(problems: readonly WikiProblem[]): WikiProblem[] {
  return [...problems].sort((a, b) => (a.page === b.page ? a.line - b.line : a.page < b.page ? -1 : 1));
}
