import { anchorQuote } from "../../knowledge/anchor-quote.ts";
import { checkCitation } from "../../knowledge/check-citation.ts";
import { isMarked, renderCitation, renderPlace } from "../../knowledge/parse-citation.ts";
import { type Claim, type Footnote, type Page, parsePage } from "../../knowledge/parse-page.ts";
import { setMatter } from "../../knowledge/read-matter.ts";
import { readSidecar, type Sidecar, sidecarPath, writeSidecar } from "../../knowledge/sidecar.ts";
import type { Sources } from "../../knowledge/sources.ts";
import { applySplices, canStrike, type Splice, strikeStale } from "../../knowledge/strike-claim.ts";
import { type Chore, type ChoreArgs, type ChoreFinding, type ChoreWorld, findingsMax } from "../chore.ts";
import { readSources } from "./read-sources.ts";

/**
 * Claims of the wiki whose source has changed since (K4). A citation whose words now stand elsewhere is pointed there; one whose
 * words are gone is marked where another source of its claim still stands; a claim that no source of its own says any longer is
 * struck through, and kept for its history.
 */
export const staleClaims: Chore = {
  id: "stale-claims",

  async find(world) {
    const findings: ChoreFinding[] = [];
    for (const path of pagesOf(world, [])) {
      for (const worn of await findWorn(readLeaf(world, path), readSources(world))) findings.push(describeWorn(path, worn));
      if (findings.length >= findingsMax) break;
    }
    return findings.slice(0, findingsMax);
  },

  /** `--moved`: only citations that have moved. */
  async fix(world, args) {
    const edits: { path: string; text: string }[] = [];
    const changed: string[] = [];
    for (const path of pagesOf(world, args.targets)) {
      const leaf = readLeaf(world, path);
      const { text, sidecar, moved, marked, struck } = await mendPage(world, leaf, args);
      if (text === leaf.page.text) continue;
      edits.push({ path, text });
      if (sidecar !== undefined) edits.push({ path: sidecarPath(path), text: sidecar });
      if (moved > 0) changed.push(`${path}: ${moved} ${moved === 1 ? "citation points" : "citations point"} at where the words are now`);
      if (marked > 0) changed.push(`${path}: ${marked} ${marked === 1 ? "citation is" : "citations are"} marked as gone`);
      if (struck > 0)
        changed.push(`${path}: ${struck} ${struck === 1 ? "claim is" : "claims are"} struck through, for no source says so any longer`);
    }
    return { edits, changed };
  },

  async check(world, args) {
    const reasons: string[] = [];
    for (const path of pagesOf(world, args.targets)) {
      for (const worn of await findWorn(readLeaf(world, path), readSources(world))) {
        if (worn.kind === "moved" || ((worn.kind === "stale" || worn.kind === "dead") && args.options.moved === undefined))
          reasons.push(describeWorn(path, worn).text);
      }
    }
    return reasons;
  },
};

type Worn =
  | { readonly kind: "moved"; readonly note: Footnote; readonly to: { path: string; from: number; to: number }; readonly line: number }
  /** `claim` can be struck: none of its sources says so. */
  | { readonly kind: "stale"; readonly note: Footnote; readonly claim: Claim; readonly reason: string; readonly line: number }
  /** Another source still holds: the claim stands by that, and this one is marked. */
  | { readonly kind: "dead"; readonly note: Footnote; readonly reason: string; readonly line: number }
  /** The claim's form leaves no safe place for the marks, or it moved and nobody knows where to. */
  | { readonly kind: "weaker"; readonly note: Footnote; readonly reason: string; readonly line: number };

function pagesOf(world: ChoreWorld, targets: readonly string[]): string[] {
  const pages = world.tree.paths.filter((path) => path.startsWith("wiki/") && path.endsWith(".md") && path !== "wiki/index.md");
  return targets.length === 0 ? pages : pages.filter((path) => targets.includes(path));
}

/** A page with what lies beside it. */
interface Leaf {
  readonly page: Page;
  readonly sidecar: Sidecar | undefined;
}

function readLeaf(world: ChoreWorld, path: string): Leaf {
  const beside = world.tree.read(sidecarPath(path));
  return { page: parsePage(world.tree.read(path) ?? ""), sidecar: beside === undefined ? undefined : readSidecar(beside) };
}

async function findWorn({ page, sidecar }: Leaf, sources: Sources): Promise<Worn[]> {
  const gone = new Map<string, string>();
  const dead = new Set(page.footnotes.filter((note) => isMarked(note.citation)).map(({ id }) => id));
  const worn: Worn[] = [];
  for (const note of page.footnotes) {
    const { citation } = note;
    if (citation?.kind !== "commit" || note.repeated) continue;
    const users = page.claims.filter((claim) => claim.footnotes.includes(note.id));
    if (users.length > 0 && users.every((claim) => claim.superseded)) continue;
    const status = await checkCitation(citation, sources, sidecar?.anchors.get(note.id));
    const line = users[0]?.line ?? note.line;
    if (status.kind === "moved" && status.unsure)
      worn.push({ kind: "weaker", note, reason: "its words stand in several places, and nothing around them says which is meant", line });
    else if (status.kind === "moved") worn.push({ kind: "moved", note, to: status, line });
    if (status.kind !== "stale") continue;
    gone.set(note.id, status.reason);
    dead.add(note.id);
  }
  for (const note of page.footnotes) {
    const reason = gone.get(note.id);
    if (reason === undefined || note.repeated) continue;
    const users = page.claims.filter((one) => one.footnotes.includes(note.id) && !one.superseded);
    const held = users.filter((claim) => !claim.footnotes.every((id) => dead.has(id)));
    // A claim that cannot be struck would be left without any source: then the mark has to wait for a person as well.
    const fixed = users.filter((claim) => !held.includes(claim) && !canStrike(page, claim));
    for (const claim of users) {
      const { line } = claim;
      if (fixed.includes(claim) || (held.includes(claim) && fixed.length > 0)) worn.push({ kind: "weaker", note, reason, line });
      else worn.push(held.includes(claim) ? { kind: "dead", note, reason, line } : { kind: "stale", note, claim, reason, line });
    }
  }
  return worn;
}

function describeWorn(path: string, worn: Worn): ChoreFinding {
  const evidence = [{ path, line: worn.line }];
  const subject = `${path} ^${worn.note.id}${worn.kind === "moved" ? "" : ` line ${worn.line}`}`;
  switch (worn.kind) {
    case "moved": {
      const text = `${path} cites ${worn.note.raw.slice(0, 200)}; the words now stand in ${renderPlace(worn.to)}`;
      return { subject, text, evidence, values: { page: path, movedPage: path } };
    }
    case "stale":
      return { subject, text: `${path}: "${worn.claim.text.slice(0, 200)}": ${worn.reason}`, evidence, values: { page: path } };
    case "dead": {
      const text = `${path} cites ${worn.note.raw.slice(0, 200)}: ${worn.reason}; the claim stands by another source`;
      return { subject, text, evidence, values: { page: path } };
    }
    case "weaker":
      return {
        subject,
        text: `${path} line ${worn.line}: ${worn.reason}; no script can mend it`,
        evidence,
        values: {},
      };
  }
}

interface Mended {
  readonly text: string;
  /** With the new place of what moved, where the page has one. */
  readonly sidecar?: string;
  readonly moved: number;
  readonly marked: number;
  readonly struck: number;
}

async function mendPage(world: ChoreWorld, leaf: Leaf, args: ChoreArgs): Promise<Mended> {
  const { text } = leaf.page;
  const commit = world.history.head();
  const splices: Splice[] = [];
  const struck = new Map<Claim, readonly Splice[]>();
  const marked = new Set<Footnote>();
  const anchors = new Map(leaf.sidecar?.anchors);
  for (const worn of await findWorn(leaf, readSources(world))) {
    if (worn.kind === "moved" && commit !== undefined && worn.note.citation?.kind === "commit") {
      const { path, from, to } = worn.to;
      const moved = { ...worn.note.citation, commit, path, from, to };
      const raw = `[^${labelOf(text, worn.note)}]: ${renderCitation(moved)}`;
      const beside = anchors.get(worn.note.id);
      const now = world.tree.read(path);
      if (beside && now !== undefined) anchors.set(worn.note.id, { ...beside, commit, path, from, to, ...anchorQuote(now, moved) });
      splices.push({ start: worn.note.start, end: worn.note.end, text: raw });
    }
    if (worn.kind === "stale" && args.options.moved === undefined) struck.set(worn.claim, strikeStale(text, worn.claim, world.today));
    if (worn.kind === "dead" && args.options.moved === undefined) marked.add(worn.note);
  }
  const moved = splices.length;
  for (const note of marked) {
    const { citation } = note;
    if (citation === undefined || citation.kind === "operator") continue;
    splices.push({
      start: note.start,
      end: note.end,
      text: `[^${labelOf(text, note)}]: ${renderCitation({ ...citation, gone: world.today })}`,
    });
  }
  splices.push(...[...struck.values()].flat());
  if (splices.length === 0) return { text, moved: 0, marked: 0, struck: 0 };
  const edited = applySplices(text, splices);
  const before = leaf.page.matter?.data?.updated;
  const dated = typeof before === "string" && before < world.today ? setMatter(edited, { updated: world.today }) : edited;
  const sidecar = leaf.sidecar && writeSidecar(parsePage(dated), anchors);
  return { text: dated, ...(sidecar === undefined ? {} : { sidecar }), moved, marked: marked.size, struck: struck.size };
}

/** As it is written: ids are compared in lower case. */
function labelOf(text: string, note: Footnote): string {
  return /^\[\^([^\]]+)\]:/.exec(text.slice(note.start, note.end))?.[1] ?? note.id;
}
