import { addClaim } from "./add-claim.ts";
import { checkPage, indexPath, wikiFilesOf } from "./check-page.ts";
import type { ClaimOrder } from "./claim-order.ts";
import { compareClaims } from "./compare-claims.ts";
import { normaliseClaim } from "./normalise-text.ts";
import { parseCitation, renderCitation } from "./parse-citation.ts";
import { parsePage } from "./parse-page.ts";
import { isAnchorOf, readSidecar, sameAnchor, sidecarPath, writeSidecar } from "./sidecar.ts";
import { listInIndex, startPage } from "./start-page.ts";

/** The tree that an order is applied to. */
export interface OrderTree {
  readonly paths: readonly string[];
  read(path: string): string | undefined;
}

export type AppliedOrder =
  | { readonly kind: "edited"; readonly edits: ReadonlyMap<string, string>; readonly what: "added" | "joined" | "superseded" }
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly reason: string };

/** Carries an order out: the page's new text and, for a new page, the index's. Repeating it changes nothing. */
export function applyOrder(tree: OrderTree, order: ClaimOrder): AppliedOrder {
  const standing = tree.read(order.page);
  if (standing === undefined && !order.create) return { kind: "refused", reason: `there is no page ${order.page}` };
  const edits = new Map<string, string>();
  let text = standing;
  if (text === undefined && order.create) {
    const { lead, ...matter } = order.create;
    text = startPage({ ...matter, authority: "distilled", updated: order.updated }, lead);
    edits.set(indexPath, listInIndex(tree.read(indexPath), { path: order.page, title: order.create.title }));
  }
  const edit = addClaim(text ?? "", {
    claim: order.claim,
    citations: order.citations.flatMap((raw) => {
      const parsed = parseCitation(raw);
      return parsed.kind === "citation" ? [parsed.citation] : [];
    }),
    authority: order.authority,
    updated: order.updated,
    ...(order.supersedes === undefined ? {} : { supersedes: order.supersedes }),
  });
  if (edit.kind === "refused") return { kind: "refused", reason: `${order.page}: ${edit.reason}. ${edit.remedy}` };
  const beside = anchorPage(tree, order, edit.text);
  if (edit.kind === "unchanged" && beside === undefined) return { kind: "unchanged" };
  if (edit.text !== standing) edits.set(order.page, edit.text);
  if (beside !== undefined) edits.set(sidecarPath(order.page), beside);
  return { kind: "edited", edits, what: edit.kind === "unchanged" ? "joined" : edit.kind };
}

/** The sidecar with the order's entries; `undefined` where it holds them already. */
function anchorPage(tree: OrderTree, order: ClaimOrder, text: string): string | undefined {
  const { anchors = [] } = order;
  if (anchors.length === 0) return undefined;
  const page = parsePage(text);
  const standing = tree.read(sidecarPath(order.page));
  const entries = new Map(standing === undefined ? [] : readSidecar(standing).anchors);
  for (const { id, citation } of page.footnotes) {
    const anchor = citation && anchors.find((one) => isAnchorOf(one, citation));
    if (anchor) entries.set(id, anchor);
  }
  const written = writeSidecar(page, entries);
  return written === standing ? undefined : written;
}

/** Why an order is not carried out, or its page not sound; none: it is. Whether its sources are true, the gate says. */
export function checkOrder(tree: OrderTree, order: ClaimOrder): string[] {
  const text = tree.read(order.page);
  if (text === undefined) return [`there is no page ${order.page}`];
  const page = parsePage(text);
  const sources = new Map(page.footnotes.map((note) => [note.id, note.citation && renderCitation(note.citation)]));
  const said = page.claims.find((claim) => {
    const same = normaliseClaim(claim.text) === normaliseClaim(order.claim) || compareClaims(claim.text, order.claim) === "same";
    const cited = claim.footnotes.map((id) => sources.get(id));
    return same && !claim.superseded && order.citations.every((raw) => cited.includes(normalCitation(raw)));
  });
  const reasons = said ? [] : [`${order.page} does not say, with its source: ${order.claim}`];
  const old = order.supersedes;
  const stands = old !== undefined && page.claims.some((claim) => !claim.superseded && normaliseClaim(claim.text) === normaliseClaim(old));
  if (stands && normaliseClaim(old) !== normaliseClaim(order.claim)) reasons.push(`${order.page} still says: ${old}`);
  const beside = readSidecar(tree.read(sidecarPath(order.page)) ?? "").anchors;
  const kept = (order.anchors ?? []).every((anchor) =>
    page.footnotes.some(({ id, citation }) => citation && isAnchorOf(anchor, citation) && sameAnchor(beside.get(id), anchor)),
  );
  if (!kept) reasons.push(`${sidecarPath(order.page)} does not hold what the footnotes were made of`);
  const files = wikiFilesOf({ texts: new Map([[order.page, text]]), paths: tree.paths });
  return [...reasons, ...checkPage(order.page, files).map((problem) => `${problem.page}:${problem.line}: ${problem.problem}`)];
}

function normalCitation(raw: string): string {
  const parsed = parseCitation(raw);
  return parsed.kind === "citation" ? renderCitation(parsed.citation) : raw;
}
