import type { Citation, CitationAnchor } from "../../contract/knowledge.ts";
import { TicketDraft } from "../../contract/ticket.ts";
import { anchorQuote, quotedWords } from "./anchor-quote.ts";
import { type CitationStatus, checkCitation } from "./check-citation.ts";
import { indexPath, type WikiFiles } from "./check-page.ts";
import { type CiteOrder, citeCommand } from "./cite-order.ts";
import { isMarked, parseCitation, renderCitation, withoutMark } from "./parse-citation.ts";
import type { Page } from "./parse-page.ts";
import { findContradiction, sidecarPath } from "./sidecar.ts";
import type { Sources } from "./sources.ts";
import { canStrike } from "./strike-claim.ts";

/** Citations in one ticket, at most: what a person can still look through, and what one argument of a command can hold. */
const citesPerTicketMax = 40;

type Cite = CiteOrder["cites"][number];

/**
 * What `mos wiki check --fix` has the librarian do: moved citations, where it is known where to, point at where the words are
 * now; those whose words are gone are marked so, and those whose words are back are not any more; whoever has no entry beside the
 * page, or a wrong one, gets it; entries of footnotes that are gone go. A missing citation is nobody's to mend by rule.
 *
 * @param today  the day that a page is dated with
 */
export async function planCites(files: WikiFiles, sources: Sources, today: string): Promise<CiteOrder[]> {
  const orders: CiteOrder[] = [];
  for (const path of new Set([...files.pages.keys(), ...files.sidecars.keys()])) {
    if (path === indexPath) continue;
    const page = files.pages.get(path);
    const sidecar = files.sidecars.get(path);
    const cites = page === undefined ? [] : await citesOf(page, sidecar?.anchors ?? new Map(), sources, today);
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

/** What an order does to a footnote. `kept`: its words stay, its entry beside the page is written. */
export function kindOfCite({ from, to }: Pick<Cite, "from" | "to">): "moved" | "marked" | "unmarked" | "kept" {
  if (from === to) return "kept";
  const [before, after] = [parseCitation(from), parseCitation(to)].map((one) => one.kind === "citation" && isMarked(one.citation));
  return before === after ? "moved" : after ? "marked" : "unmarked";
}

function draftCites(domain: string, orders: readonly CiteOrder[]): TicketDraft {
  const cites = orders.flatMap((order) => order.cites);
  const count = (kind: ReturnType<typeof kindOfCite>) => cites.filter((cite) => kindOfCite(cite) === kind).length;
  const many = (number: number) => (number === 1 ? "a citation" : `${number} citations`);
  const [moved, marked, unmarked] = [count("moved"), count("marked"), count("unmarked")];
  const where = orders.length === 1 ? orders[0]?.page : `${orders.length} pages`;
  const deeds = [
    ...(moved > 0 ? [`point ${many(moved)} at where the words are now`] : []),
    ...(marked > 0 ? [`mark ${many(marked)} whose source is gone`] : []),
    ...(unmarked > 0 ? [`take the mark from ${many(unmarked)} whose source is back`] : []),
  ].join(", ");
  const title = deeds === "" ? `Keep what is cited beside ${where}` : `${deeds.charAt(0).toUpperCase()}${deeds.slice(1)}: ${where}`;
  return TicketDraft.parse({
    title: title.slice(0, 200),
    domain,
    body: cites
      .map((cite) => (cite.from === cite.to ? `- ${cite.to}` : `- ${cite.from}\n  now: ${cite.to}`))
      .join("\n")
      .slice(0, 65_000),
    touches: orders.flatMap(({ page }) => [page, sidecarPath(page)]),
    role: "librarian",
    run: orders.map((order) => citeCommand("fix", order)),
    accept: orders.map((order) => ({ text: `${order.page} cites where the words are`, run: citeCommand("check", order) })),
    priority: 40,
  });
}

async function citesOf(page: Page, anchors: ReadonlyMap<string, CitationAnchor>, sources: Sources, today: string): Promise<Cite[]> {
  const needed = page.footnotes.filter((note) => {
    const users = page.claims.filter((claim) => claim.footnotes.includes(note.id));
    return note.citation && !note.repeated && (users.length === 0 || users.some((claim) => !claim.superseded));
  });
  const found = new Map<string, CitationStatus>();
  for (const { id, citation } of needed) if (citation) found.set(id, await checkCitation(citation, sources, anchors.get(id)));
  const cites = new Map<string, Cite>();
  for (const { id, citation } of needed) {
    const status = found.get(id);
    if (!citation || !status || (status.kind === "stale" && !canMark(page, id, found))) continue;
    const cite = await citeOf({ citation, status, anchor: anchors.get(id), today }, sources);
    if (cite) cites.set(cite.from, cite);
  }
  return [...cites.values()];
}

/** Each claim that needs it stands by another source then, or can be struck through. */
function canMark(page: Page, id: string, found: ReadonlyMap<string, CitationStatus>): boolean {
  const isDead = (other: string) => ["stale", "marked"].includes(found.get(other)?.kind ?? "");
  const users = page.claims.filter((claim) => !claim.superseded && claim.footnotes.includes(id));
  return users.every((claim) => !claim.footnotes.every(isDead) || canStrike(page, claim));
}

async function citeOf(
  args: { citation: Citation; status: CitationStatus; anchor: CitationAnchor | undefined; today: string },
  sources: Sources,
): Promise<Cite | undefined> {
  const { citation, status, anchor, today } = args;
  if (citation.kind === "operator") return undefined;
  const from = renderCitation(citation);
  const turned = status.kind === "stale" ? { ...citation, gone: today } : status.kind === "back" ? withoutMark(citation) : citation;
  if (turned.kind !== "commit") return turned === citation ? undefined : { from, to: renderCitation(turned) };
  const place = await sources.place(turned.commit);
  const then = await sources.fileAt(turned.commit, turned.path);
  // A wrong hash makes a footnote without a quote missing: nobody knows which of the two is meant, so neither is rewritten.
  if (place === undefined || then.kind !== "text" || status.kind === "missing" || status.kind === "unchecked") return undefined;
  if (status.kind !== "moved" || status.unsure) {
    if (turned === citation && anchor && (await findContradiction(anchor, citation, sources)) === undefined) return undefined;
    return { from, to: renderCitation(turned), anchor: makeAnchor(place.repository, turned, then.text) };
  }
  const now = await sources.fileNow(turned.commit, status.path);
  if (now.kind !== "text") return undefined;
  const moved = { ...turned, commit: place.tip, path: status.path, from: status.from, to: status.to };
  // Without a quote the lines are the quote: where the new ones say more, the words are written out.
  const words = quotedWords(then.text, turned);
  const exact = turned.quote !== undefined || quotedWords(now.text, moved) === words ? moved : { ...moved, quote: words };
  return { from, to: renderCitation(exact), anchor: makeAnchor(place.repository, exact, now.text) };
}

function makeAnchor(
  repository: string,
  { commit, path, from, to, quote }: { commit: string; path: string; from: number; to: number; quote?: string | undefined },
  text: string,
): CitationAnchor {
  return { repository, commit, path, from, to, ...anchorQuote(text, { from, to, quote }) };
}
