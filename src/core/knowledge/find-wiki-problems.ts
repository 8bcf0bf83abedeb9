import type { CitationAnchor, WikiProblem } from "../../contract/knowledge.ts";
import { checkCitation } from "./check-citation.ts";
import { checkIndex, checkPage, indexPath, type WikiFiles } from "./check-page.ts";
import { renderPlace } from "./parse-citation.ts";
import type { Page } from "./parse-page.ts";
import { findContradiction, sidecarPath } from "./sidecar.ts";
import type { Sources } from "./sources.ts";

/** Everything that is wrong in a wiki, stale and moved citations included: what `mos wiki check` prints. */
export async function findWikiProblems(files: WikiFiles, sources: Sources): Promise<WikiProblem[]> {
  const uses = citationsOf(files);
  const cited = await checkCitations(uses, sources);
  const beside = [...sidecarProblems(files), ...orphanProblems(files), ...(await checkAnchors(uses, sources))];
  return sortProblems([...staticProblems(files), ...cited, ...beside]);
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
  const hashed = new Set(citationsOf(before).map(keyWithHash));
  const uses = citationsOf(after);
  const added = uses.filter((use) => !known.has(use.key));
  // What was stale or moved before is not made so by a hash that is kept beside it now; a wrong hash makes it missing.
  const rehashed = uses.filter((use) => known.has(use.key) && !hashed.has(keyWithHash(use)));
  const lost = (await checkCitations(rehashed, sources)).filter(({ kind }) => kind === "citation-missing");
  const written = wikiOf(
    after,
    [...after.sidecars.keys()].filter((page) => after.sidecars.get(page)?.text !== before.sidecars.get(page)?.text),
  );
  const beside = [...sidecarProblems(written), ...(await checkAnchors(citationsOf(written), sources))];
  return sortProblems([...fresh, ...(await checkCitations(added, sources)), ...lost, ...beside]);
}

/** Without a quote of its own a footnote stands on the hash beside it. */
function keyWithHash({ key, citation, anchor }: CitationUse): string {
  return "quote" in citation && citation.quote !== undefined ? key : `${key}\n${anchor?.quote ?? ""}`;
}

/** Only what is written beside these pages: a sidecar that stays behind its page is a finding, and fails nobody's gate. */
function wikiOf(files: WikiFiles, pages: readonly string[]): WikiFiles {
  const keep = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([page]) => pages.includes(page)));
  return { pages: keep(files.pages), sidecars: keep(files.sidecars), has: files.has };
}

/** A citation where a claim uses it. */
interface CitationUse {
  readonly page: string;
  readonly line: number;
  readonly raw: string;
  readonly citation: NonNullable<Page["footnotes"][number]["citation"]>;
  readonly anchor?: CitationAnchor;
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
      const anchor = files.sidecars.get(path)?.anchors.get(id);
      const key = [path, raw, said].join("\n");
      uses.push({ page: path, line: users[0]?.line ?? line, raw, citation, ...(anchor === undefined ? {} : { anchor }), key });
    }
  }
  return uses;
}

async function checkCitations(uses: readonly CitationUse[], sources: Sources): Promise<WikiProblem[]> {
  const problems: WikiProblem[] = [];
  for (const use of uses) {
    const status = await checkCitation(use.citation, sources, use.anchor);
    const where = { page: use.page, line: use.line, citation: use.raw };
    if (status.kind === "missing") problems.push({ ...where, kind: "citation-missing", problem: status.reason });
    if (status.kind === "stale") problems.push({ ...where, kind: "citation-stale", problem: status.reason });
    if (status.kind === "back")
      problems.push({ ...where, kind: "citation-marked", problem: "it is marked as gone, and its source says it" });
    if (status.kind === "moved") {
      const doubt = status.unsure ? ", one of several places: which is meant, nothing around it says" : "";
      const problem = `the words now stand in ${renderPlace(status)}${doubt}`;
      problems.push({ ...where, kind: "citation-moved", problem });
    }
  }
  return problems;
}

/** Nobody believes a sidecar over its footnote or the source: what contradicts them is named. */
async function checkAnchors(uses: readonly CitationUse[], sources: Sources): Promise<WikiProblem[]> {
  const problems: WikiProblem[] = [];
  for (const { page, line, raw, citation, anchor } of uses) {
    const wrong = anchor && (await findContradiction(anchor, citation, sources));
    if (wrong === undefined) continue;
    problems.push({
      page,
      line,
      kind: "citation-sidecar",
      problem: `${sidecarPath(page)} contradicts this footnote: ${wrong}`,
      citation: raw,
    });
  }
  return problems;
}

function sidecarProblems(files: WikiFiles): WikiProblem[] {
  return [...files.sidecars].flatMap(([page, { problem }]) =>
    problem === undefined ? [] : [{ page, line: 1, kind: "citation-sidecar", problem: `${sidecarPath(page)} cannot be read: ${problem}` }],
  );
}

function orphanProblems(files: WikiFiles): WikiProblem[] {
  return [...files.sidecars].flatMap(([page, { anchors }]) => {
    const known = new Set(files.pages.get(page)?.footnotes.map((note) => note.id));
    const lost = [...anchors.keys()].filter((id) => !known.has(id));
    if (lost.length === 0) return [];
    const shown = lost.slice(0, 10).join(", ");
    return [{ page, line: 1, kind: "citation-sidecar", problem: `${sidecarPath(page)} speaks of footnotes that are not there: ${shown}` }];
  });
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
