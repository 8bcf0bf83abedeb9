import type { CitationAnchor } from "../../contract/knowledge.ts";
import { TicketDraft } from "../../contract/ticket.ts";
import { anchorQuote, quotedWords } from "./anchor-quote.ts";
import { checkCitation } from "./check-citation.ts";
import { indexPath, type WikiFiles } from "./check-page.ts";
import { type CiteOrder, citeCommand } from "./cite-order.ts";
import { renderCitation } from "./parse-citation.ts";
import type { Page } from "./parse-page.ts";
import { findContradiction, sidecarPath } from "./sidecar.ts";
import type { Sources } from "./sources.ts";

/** Citations in one ticket, at most: what a person can still look through, and what one argument of a command can hold. */
const citesPerTicketMax = 40;

type Cite = CiteOrder["cites"][number];
type Note = Page["footnotes"][number];

/**
 * What `mos wiki check --fix` has the librarian do: moved citations, where it is known where to, point at where the words are
 * now; whoever has no entry beside the page, or a wrong one, gets it; entries of footnotes that are gone go. A stale or missing
 * citation is nobody's to mend by rule.
 *
 * @param today  the day that a page is dated with
 */
export async function planCites(files: WikiFiles, sources: Sources, today: string): Promise<CiteOrder[]> {
  const orders: CiteOrder[] = [];
  for (const path of new Set([...files.pages.keys(), ...files.sidecars.keys()])) {
    if (path === indexPath) continue;
    const page = files.pages.get(path);
    const sidecar = files.sidecars.get(path);
    const cites = page === undefined ? [] : await citesOf(page, sidecar?.anchors ?? new Map(), sources);
    const ids = new Set(page?.footnotes.map((note) => note.id));
    const untidy = sidecar !== undefined && (sidecar.problem !== undefined || [...sidecar.anchors.keys()].some((id) => !ids.has(id)));
    if (cites.length > 0 || untidy) orders.push({ page: path, updated: today, cites });
  }
  return orders;
}

/** A librarian's tickets for these orders. */
export function planCiteTickets(domain: string, orders: readonly CiteOrder[]): { draft: TicketDraft; orders: readonly CiteOrder[] }[] {
  const pieces = orders.flatMap((order) => {
    const parts: CiteOrder[] = [];
    for (let at = 0; at === 0 || at < order.cites.length; at += citesPerTicketMax)
      parts.push({ ...order, cites: order.cites.slice(at, at + citesPerTicketMax) });
    return parts;
  });
  const batches: CiteOrder[][] = [];
  for (const piece of pieces) {
    const last = batches.at(-1);
    const held = last?.reduce((sum, { cites }) => sum + Math.max(1, cites.length), 0) ?? citesPerTicketMax;
    if (last && held + piece.cites.length <= citesPerTicketMax && !last.some(({ page }) => page === piece.page)) last.push(piece);
    else batches.push([piece]);
  }
  return batches.map((batch) => ({ draft: draftCites(domain, batch), orders: batch }));
}

export function isMoved({ from, to }: Cite): boolean {
  return from !== to;
}

function draftCites(domain: string, orders: readonly CiteOrder[]): TicketDraft {
  const cites = orders.flatMap((order) => order.cites);
  const moved = cites.filter(isMoved).length;
  const where = orders.length === 1 ? orders[0]?.page : `${orders.length} pages`;
  const title =
    moved > 0
      ? `Point ${moved === 1 ? "a citation" : `${moved} citations`} at where the words are now: ${where}`
      : `Keep what is cited beside ${where}`;
  return TicketDraft.parse({
    title: title.slice(0, 200),
    domain,
    body: cites
      .map((cite) => (isMoved(cite) ? `- ${cite.from}\n  now: ${cite.to}` : `- ${cite.to}`))
      .join("\n")
      .slice(0, 65_000),
    touches: orders.flatMap(({ page }) => [page, sidecarPath(page)]),
    role: "librarian",
    run: orders.map((order) => citeCommand("fix", order)),
    accept: orders.map((order) => ({ text: `${order.page} cites where the words are`, run: citeCommand("check", order) })),
    priority: 40,
  });
}

async function citesOf(page: Page, anchors: ReadonlyMap<string, CitationAnchor>, sources: Sources): Promise<Cite[]> {
  const cites = new Map<string, Cite>();
  for (const note of page.footnotes) {
    const users = page.claims.filter((claim) => claim.footnotes.includes(note.id));
    if (note.repeated || (users.length > 0 && users.every((claim) => claim.superseded))) continue;
    const cite = await citeOf(note, anchors.get(note.id), sources);
    if (cite) cites.set(cite.from, cite);
  }
  return [...cites.values()];
}

async function citeOf({ citation }: Note, anchor: CitationAnchor | undefined, sources: Sources): Promise<Cite | undefined> {
  if (citation?.kind !== "commit") return undefined;
  const from = renderCitation(citation);
  const place = await sources.place(citation.commit);
  const then = await sources.fileAt(citation.commit, citation.path);
  // A wrong hash makes a footnote without a quote missing: nobody knows which of the two is meant, so neither is rewritten.
  const status = await checkCitation(citation, sources, anchor);
  if (place === undefined || then.kind !== "text" || status.kind === "missing" || status.kind === "unchecked") return undefined;
  if (status.kind !== "moved" || status.unsure) {
    if (anchor && (await findContradiction(anchor, citation, sources)) === undefined) return undefined;
    return { from, to: from, anchor: makeAnchor(place.repository, citation, then.text) };
  }
  const now = await sources.fileNow(citation.commit, status.path);
  if (now.kind !== "text") return undefined;
  const moved = { ...citation, commit: place.tip, path: status.path, from: status.from, to: status.to };
  // Without a quote the lines are the quote: where the new ones say more, the words are written out.
  const words = quotedWords(then.text, citation);
  const exact = citation.quote !== undefined || quotedWords(now.text, moved) === words ? moved : { ...moved, quote: words };
  return { from, to: renderCitation(exact), anchor: makeAnchor(place.repository, exact, now.text) };
}

function makeAnchor(
  repository: string,
  { commit, path, from, to, quote }: { commit: string; path: string; from: number; to: number; quote?: string | undefined },
  text: string,
): CitationAnchor {
  return { repository, commit, path, from, to, ...anchorQuote(text, { from, to, quote }) };
}
