import type { OrderTree } from "./apply-order.ts";
import type { CiteOrder } from "./cite-order.ts";
import { isMarked, parseCitation, renderCitation } from "./parse-citation.ts";
import { type Footnote, type Page, parsePage } from "./parse-page.ts";
import { setMatter } from "./read-matter.ts";
import { readSidecar, sameAnchor, sidecarPath, writeSidecar } from "./sidecar.ts";
import { applySplices, strikeStale } from "./strike-claim.ts";

export type AppliedCites =
  /** By path; `undefined` removes a sidecar that speaks of nothing any more. */
  | { readonly kind: "edited"; readonly edits: ReadonlyMap<string, string | undefined>; readonly moved: number }
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Points footnotes at where their words are now, or marks them as gone, and writes their entries beside the page. A claim that has
 * marked sources alone then is struck through. Every other byte of the page stays but `updated`. Repeating it changes nothing; a
 * footnote that says something else meanwhile refuses all.
 */
export function applyCites(tree: OrderTree, order: CiteOrder): AppliedCites {
  const standing = tree.read(sidecarPath(order.page));
  const before = tree.read(order.page);
  if (before === undefined) return removeLeftOver(order, standing);
  const page = parsePage(before);
  const splices: { note: Footnote; raw: string }[] = [];
  for (const { from, to } of order.cites) {
    const notes = notesOf(page, from);
    if (notes.length === 0 && notesOf(page, to).length === 0) return { kind: "refused", reason: `${order.page} does not cite ${from}` };
    if (normal(from) !== normal(to)) splices.push(...notes.map((note) => ({ note, raw: normal(to) })));
  }
  const moved = splices
    .toSorted((a, b) => b.note.start - a.note.start)
    .reduce((text, { note, raw }) => replaceNote(text, note, raw), before);
  const struck = strikeUnsaid(moved, order);
  const day = page.matter?.data?.updated;
  const dated =
    struck !== before && typeof day === "string" && day < order.updated ? setMatter(struck, { updated: order.updated }) : struck;
  const after = parsePage(dated);
  if (!saysTheSame(page, after)) return { kind: "refused", reason: `the form of ${order.page} leaves no safe place for the citation` };
  const anchors = new Map(standing === undefined ? [] : readSidecar(standing).anchors);
  for (const { to, anchor } of order.cites) if (anchor) for (const { id } of notesOf(after, to)) anchors.set(id, anchor);
  const beside = writeSidecar(after, anchors);
  const edits = new Map<string, string | undefined>();
  if (dated !== before) edits.set(order.page, dated);
  if (beside !== standing) edits.set(sidecarPath(order.page), beside);
  return edits.size === 0 ? { kind: "unchanged" } : { kind: "edited", edits, moved: splices.length };
}

/** Why an order is not carried out; none: it is. Whether its sources are true, the gate says. */
export function checkCites(tree: OrderTree, order: CiteOrder): string[] {
  const text = tree.read(order.page);
  const standing = tree.read(sidecarPath(order.page));
  if (text === undefined) return standing === undefined ? [] : [`${sidecarPath(order.page)} belongs to no page`];
  const page = parsePage(text);
  const { anchors, problem } = readSidecar(standing ?? '{"version":1,"citations":{}}');
  const ids = new Set(page.footnotes.map((note) => note.id));
  const reasons = problem === undefined ? [] : [`${sidecarPath(order.page)} cannot be read: ${problem}`];
  for (const id of anchors.keys()) if (!ids.has(id)) reasons.push(`${sidecarPath(order.page)} speaks of ^${id}, which is not there`);
  for (const { to, anchor } of order.cites) {
    const notes = notesOf(page, to);
    if (notes.length === 0) reasons.push(`${order.page} does not cite ${to}`);
    if (anchor && notes.some(({ id }) => !sameAnchor(anchors.get(id), anchor)))
      reasons.push(`${sidecarPath(order.page)} does not hold ${to}`);
  }
  return reasons;
}

/** Claims that no source says any more, now that these are marked: struck through with the day, and kept. */
function strikeUnsaid(text: string, order: CiteOrder): string {
  const page = parsePage(text);
  const marked = new Set(page.footnotes.filter(({ citation }) => isMarked(citation)).map(({ id }) => id));
  const fresh = new Set(order.cites.flatMap(({ to }) => notesOf(page, to)).map(({ id }) => id));
  const unsaid = page.claims.filter(
    ({ superseded, footnotes }) => !superseded && footnotes.some((id) => fresh.has(id)) && footnotes.every((id) => marked.has(id)),
  );
  return applySplices(
    text,
    unsaid.flatMap((claim) => strikeStale(text, claim, order.updated)),
  );
}

/** The footnote's new text; its mark stays as it is written: ids are compared in lower case. */
export function replaceNote(text: string, note: Pick<Footnote, "id" | "start" | "end">, raw: string): string {
  const label = /^\[\^([^\]]+)\]:/.exec(text.slice(note.start, note.end))?.[1] ?? note.id;
  return `${text.slice(0, note.start)}[^${label}]: ${raw}${text.slice(note.end)}`;
}

function removeLeftOver(order: CiteOrder, standing: string | undefined): AppliedCites {
  if (order.cites.length > 0) return { kind: "refused", reason: `there is no page ${order.page}` };
  if (standing === undefined) return { kind: "unchanged" };
  return { kind: "edited", edits: new Map([[sidecarPath(order.page), undefined]]), moved: 0 };
}

function notesOf(page: Page, raw: string): Footnote[] {
  return page.footnotes.filter((note) => !note.repeated && note.citation && renderCitation(note.citation) === normal(raw));
}

/** Proof by reading back: the same claims with the same footnotes. */
function saysTheSame(before: Page, after: Page): boolean {
  const outline = (page: Page) =>
    JSON.stringify([page.claims.map(({ text, footnotes }) => [text, footnotes]), page.footnotes.map(({ id }) => id), page.headings.length]);
  return outline(before) === outline(after) && after.footnotes.every((note, index) => !note.problem || before.footnotes[index]?.problem);
}

function normal(raw: string): string {
  const parsed = parseCitation(raw);
  return parsed.kind === "citation" ? renderCitation(parsed.citation) : raw;
}
