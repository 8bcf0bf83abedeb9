import { type Authority, PageMatter, type WikiProblem } from "../../contract/knowledge.ts";
import { rankOf } from "./add-claim.ts";
import { indexPath, type WikiFiles } from "./check-page.ts";
import { isMarked } from "./parse-citation.ts";
import type { Claim, Page } from "./parse-page.ts";

/** Figures of one wiki at one moment. */
export interface WikiCount {
  /** Without the index. */
  readonly pages: number;
  /** Those that stand. */
  readonly claims: number;
  readonly superseded: number;
  /** Claims that stand with at least one source. */
  readonly cited: number;
  /** Claims that stand by who stands behind them: the operator where they cite the operator, else their page's class. */
  readonly authority: Readonly<Record<Authority, number>>;
  /** Footnotes, and of those that a standing claim needs: `ok`, `moved`, `stale`, `missing`. */
  readonly citations: number;
  /** Marked on the page: as gone themselves, or by the strike through each claim that needs them. */
  readonly marked: number;
  readonly ok: number;
  readonly moved: number;
  readonly stale: number;
  readonly missing: number;
}

export function countWiki(files: WikiFiles, problems: readonly WikiProblem[]): WikiCount {
  const pages = [...files.pages].filter(([path]) => path !== indexPath);
  const claims = pages.flatMap(([, page]) => page.claims.map((claim) => ({ page, claim })));
  const standing = claims.filter(({ claim }) => !claim.superseded);
  const authority = { operator: 0, verified: 0, distilled: 0 };
  for (const { page, claim } of standing) authority[authorityOfClaim(page, claim)] += 1;
  const of = (kind: WikiProblem["kind"]) => problems.filter((problem) => problem.kind === kind);
  const worn = new Set(
    [...of("citation-moved"), ...of("citation-stale"), ...of("citation-missing")].map((one) => `${one.page}\n${one.citation}`),
  );
  const needed = pages.flatMap(([path, page]) => neededNotes(page).map((raw) => `${path}\n${raw}`));
  const notes = pages.flatMap(([, page]) => page.footnotes.filter(({ citation, repeated }) => citation && !repeated));
  return {
    pages: pages.length,
    claims: standing.length,
    superseded: claims.length - standing.length,
    cited: standing.filter(({ claim }) => claim.footnotes.length > 0).length,
    authority,
    citations: pages.reduce((sum, [, page]) => sum + page.footnotes.length, 0),
    marked: notes.length - needed.length,
    ok: needed.filter((note) => !worn.has(note)).length,
    moved: of("citation-moved").length,
    stale: of("citation-stale").length,
    missing: of("citation-missing").length,
  };
}

/** The footnote's words for each that a claim which stands, or no claim, refers to, and that is not marked as gone. */
function neededNotes(page: Page): string[] {
  return page.footnotes.flatMap(({ id, raw, citation, repeated }) => {
    const users = page.claims.filter((claim) => claim.footnotes.includes(id));
    return !citation || repeated || isMarked(citation) || (users.length > 0 && users.every((claim) => claim.superseded)) ? [] : [raw];
  });
}

function authorityOfClaim(page: Page, claim: Claim): Authority {
  if (page.footnotes.some((note) => note.citation?.kind === "operator" && claim.footnotes.includes(note.id))) return "operator";
  const matter = PageMatter.safeParse(page.matter?.data);
  const own = matter.success ? matter.data.authority : "distilled";
  // An operator's page may hold what the operator never said.
  return rankOf(own) === 0 && claim.footnotes.length > 0 ? "verified" : own;
}
