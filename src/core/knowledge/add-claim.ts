import type { List } from "mdast";
import { Authority, type Citation, PageMatter } from "../../contract/knowledge.ts";
import { compareClaims } from "./compare-claims.ts";
import { escapeClaim } from "./escape-claim.ts";
import { normaliseClaim, normaliseQuote } from "./normalise-text.ts";
import { renderCitation } from "./parse-citation.ts";
import { type Claim, type Page, parsePage } from "./parse-page.ts";
import { setMatter } from "./read-matter.ts";

export interface NewClaim {
  readonly claim: string;
  /** At least one. */
  readonly citations: readonly Citation[];
  /** Of whoever stands behind the claim (K1). */
  readonly authority: Authority;
  /** The day, `YYYY-MM-DD`: becomes the page's `updated`, and dates what is superseded. */
  readonly updated: string;
  /** The words of the claim that this one replaces: it is struck through with the day, never deleted. */
  readonly supersedes?: string;
}

export type ClaimEdit =
  | { readonly kind: "added" | "joined" | "superseded"; readonly text: string }
  /** The page already says so, with these sources. */
  | { readonly kind: "unchanged"; readonly text: string }
  | { readonly kind: "refused"; readonly reason: string; readonly remedy: string };

interface Splice {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/**
 * A page with one claim more. Edits by claim: every byte of the page stays but what is inserted, the struck-through
 * marks of a superseded claim, and the front matter's `updated`. A fact that stands there already gets the sources that
 * it has not (K5). Repeating it changes nothing. What is refused leaves the page alone: a lower authority than the
 * page's never adds to it or overwrites it (K1).
 */
export function addClaim(text: string, given: NewClaim): ClaimEdit {
  const page = parsePage(text);
  const matter = PageMatter.safeParse(page.matter?.data);
  if (!matter.success) return refuse("the page's front matter is not valid", "Mend it first: mos wiki check names what is wrong.");
  if (normaliseQuote(given.claim) === "") return refuse("there is no claim", "Give the claim's words.");
  if (given.citations.length === 0) return refuse("a claim needs a source", "Give a citation.");
  const standing = page.claims.filter((claim) => !claim.superseded);
  const same = standing.find((claim) => compareClaims(claim.text, given.claim) === "same");
  const old = given.supersedes === undefined ? undefined : findClaim(standing, given.supersedes);
  if (!same && rankOf(given.authority) > rankOf(matter.data.authority)) {
    return refuse(
      `the page is ${matter.data.authority}, the claim only ${given.authority}`,
      "A claim of lower authority goes to the operator's review.",
    );
  }
  if (given.supersedes !== undefined && !old && !same) {
    return refuse(`the page does not say ${JSON.stringify(given.supersedes)}`, "Look at the page: it may have been superseded already.");
  }
  if (old && old !== same && given.authority !== "operator" && isConfirmed(page, old)) {
    return refuse(
      `the operator stands behind ${JSON.stringify(old.text)}`,
      "What supersedes a claim of the operator's goes to the operator's review.",
    );
  }
  const notes = planNotes(page, same, given.citations);
  const edits = [
    ...(same ? joinTo(text, same, notes.marks) : [placeClaim(page, given, notes.marks)]),
    ...(old && old !== same ? strike(text, old, given.updated) : []),
    ...notes.splices,
  ];
  if (edits.every((edit) => edit.insert === "" && edit.remove === 0)) return { kind: "unchanged", text };
  const edited = touchUpdated(applySplices(text, edits), matter.data.updated, given.updated);
  if (!holds(edited, page, given, old)) {
    return refuse("the page's form leaves no safe place for the claim", "Add it by hand: the page's lists or footnotes are unusual.");
  }
  return { kind: old && old !== same ? "superseded" : same ? "joined" : "added", text: edited };
}

/** The claim that says this, or the same in other words. */
export function findClaim(claims: readonly Claim[], words: string): Claim | undefined {
  const wanted = normaliseClaim(words);
  const exact = claims.find((claim) => normaliseClaim(claim.text) === wanted);
  return exact ?? claims.find((claim) => compareClaims(claim.text, words) === "same");
}

/** Whether the operator is among the claim's sources: then only the operator overwrites it, whatever page it is on (K1). */
export function isConfirmed(page: Page, claim: Claim): boolean {
  return page.footnotes.some((note) => note.citation?.kind === "operator" && claim.footnotes.includes(note.id));
}

/** 0 is the highest. */
export function rankOf(authority: Authority): number {
  return Authority.options.indexOf(authority);
}

/** The footnotes that the claim needs and the page has not: their marks in the claim, their definitions below. */
function planNotes(page: Page, same: Claim | undefined, citations: readonly Citation[]): { marks: string; splices: Splice[] } {
  const newline = newlineOf(page.text);
  const ids = new Set([...page.footnotes.map((note) => note.id), ...page.claims.flatMap((claim) => claim.footnotes)]);
  const definitions: string[] = [];
  const marks: string[] = [];
  for (const raw of new Set(citations.map(renderCitation))) {
    const known = page.footnotes.find((note) => !note.repeated && note.citation && renderCitation(note.citation) === raw);
    if (known && same?.footnotes.includes(known.id)) continue;
    const id = known?.id ?? nextId(ids);
    marks.push(`[^${id}]`);
    if (!known) definitions.push(`[^${id}]: ${raw}`);
  }
  return { marks: marks.join(""), splices: definitions.length === 0 ? [] : [placeNotes(page, definitions.join(newline))] };
}

function nextId(taken: Set<string>): string {
  let number = 1;
  while (taken.has(`c${number}`)) number += 1;
  taken.add(`c${number}`);
  return `c${number}`;
}

function placeNotes(page: Page, definitions: string): Splice {
  const newline = newlineOf(page.text);
  const last = page.root.children.findLast((node) => node.type === "footnoteDefinition");
  if (last) return { at: last.position?.end.offset ?? page.text.length, remove: 0, insert: newline + definitions };
  const ends = page.text.endsWith("\n") ? "" : newline;
  return { at: page.text.length, remove: 0, insert: `${ends}${newline}${definitions}${newline}` };
}

/** At the end of the last list that holds claims; on a page without one, as a list at the end of the body. */
function placeClaim(page: Page, given: NewClaim, marks: string): Splice {
  const newline = newlineOf(page.text);
  const line = `${escapeClaim(given.claim)} ${marks}`;
  const spans = page.claims.filter((claim) => claim.shape === "item");
  const list = page.root.children.findLast((node): node is List => {
    const [start, end] = [node.position?.start.offset ?? 0, node.position?.end.offset ?? 0];
    return node.type === "list" && !node.ordered && spans.some((claim) => claim.start >= start && claim.end <= end);
  });
  if (list) {
    const start = list.position?.start.offset ?? 0;
    const indent = " ".repeat((list.position?.start.column ?? 1) - 1);
    return { at: list.position?.end.offset ?? start, remove: 0, insert: `${newline}${indent}${page.text[start]} ${line}` };
  }
  const body = page.root.children.findLast((node) => node.type !== "footnoteDefinition");
  const at = body?.position?.end.offset ?? page.text.length;
  return { at, remove: 0, insert: `${newline}${newline}- ${line}${at === page.text.length ? newline : ""}` };
}

function joinTo(text: string, claim: Claim, marks: string): Splice[] {
  const trailing = /\s*$/.exec(text.slice(claim.start, claim.end))?.[0].length ?? 0;
  return [{ at: claim.end - trailing, remove: 0, insert: marks }];
}

/** `~~the claim~~ (superseded 2026-11-02)[^c1]`. */
function strike(text: string, claim: Claim, day: string): Splice[] {
  const raw = text.slice(claim.start, claim.end);
  const marks = /(?:\s*\[\^[^\]\s]+\])*\s*$/.exec(raw)?.[0] ?? "";
  return [
    { at: claim.start, remove: 0, insert: "~~" },
    { at: claim.start + raw.length - marks.length, remove: 0, insert: `~~ (superseded ${day})` },
  ];
}

/** Proof by reading back: everything that was claimed still is, the new claim with its sources, and nothing else. */
function holds(text: string, before: Page, given: NewClaim, old: Claim | undefined): boolean {
  const after = parsePage(text);
  const defined = new Map(after.footnotes.map((note) => [note.id, note.citation && renderCitation(note.citation)]));
  const wanted = normaliseClaim(given.claim);
  const found = after.claims.find((claim) => {
    const sources = claim.footnotes.map((id) => defined.get(id));
    if (claim.superseded || !given.citations.every((citation) => sources.includes(renderCitation(citation)))) return false;
    return normaliseClaim(claim.text) === wanted || before.claims.some((one) => one.text === claim.text);
  });
  const kept = before.claims.every((claim) => after.claims.some((one) => one.text === claim.text));
  const count = after.claims.length - before.claims.length;
  const struck = !old || after.claims.some((claim) => claim.superseded && claim.text === old.text);
  return found !== undefined && kept && struck && (count === 0 || count === 1) && after.headings.length === before.headings.length;
}

function touchUpdated(text: string, before: string, day: string): string {
  return day > before ? setMatter(text, { updated: day }) : text;
}

function applySplices(text: string, splices: readonly Splice[]): string {
  let edited = text;
  // Of two at one place the later one is put in first, so that it ends up behind.
  for (const { at, remove, insert } of splices.toReversed().toSorted((a, b) => b.at - a.at)) {
    edited = edited.slice(0, at) + insert + edited.slice(at + remove);
  }
  return edited;
}

function newlineOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function refuse(reason: string, remedy: string): ClaimEdit {
  return { kind: "refused", reason, remedy };
}
