import { anchorQuote } from "../../knowledge/anchor-quote.ts";
import { checkCitation } from "../../knowledge/check-citation.ts";
import { renderCitation } from "../../knowledge/parse-citation.ts";
import { type Claim, type Footnote, type Page, parsePage } from "../../knowledge/parse-page.ts";
import { setMatter } from "../../knowledge/read-matter.ts";
import { readSidecar, type Sidecar, sidecarPath, writeSidecar } from "../../knowledge/sidecar.ts";
import type { Sources } from "../../knowledge/sources.ts";
import { type Chore, type ChoreArgs, type ChoreFinding, type ChoreWorld, findingsMax } from "../chore.ts";
import { readSources } from "./read-sources.ts";

/**
 * Claims of the wiki whose source has changed since (K4). A citation whose words now stand elsewhere is pointed there;
 * a claim that no source of its own says any longer is struck through, and kept for its history.
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
      const { text, sidecar, moved, struck } = await mendPage(world, leaf, args);
      if (text === leaf.page.text) continue;
      edits.push({ path, text });
      if (sidecar !== undefined) edits.push({ path: sidecarPath(path), text: sidecar });
      if (moved > 0) changed.push(`${path}: ${moved} ${moved === 1 ? "citation points" : "citations point"} at where the words are now`);
      if (struck > 0)
        changed.push(`${path}: ${struck} ${struck === 1 ? "claim is" : "claims are"} struck through, for no source says so any longer`);
    }
    return { edits, changed };
  },

  async check(world, args) {
    const reasons: string[] = [];
    for (const path of pagesOf(world, args.targets)) {
      for (const worn of await findWorn(readLeaf(world, path), readSources(world))) {
        if (worn.kind === "moved" || (worn.kind === "stale" && args.options.moved === undefined))
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
  /** Another source still holds, the claim's form leaves no safe place for the marks, or it moved and nobody knows where to. */
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
    if (status.kind === "stale") gone.set(note.id, status.reason);
  }
  for (const note of page.footnotes) {
    const reason = gone.get(note.id);
    if (reason === undefined || note.repeated) continue;
    for (const claim of page.claims.filter((one) => one.footnotes.includes(note.id) && !one.superseded)) {
      const alone = claim.footnotes.every((id) => gone.has(id)) && canStrike(page, claim);
      worn.push(alone ? { kind: "stale", note, claim, reason, line: claim.line } : { kind: "weaker", note, reason, line: claim.line });
    }
  }
  return worn;
}

function describeWorn(path: string, worn: Worn): ChoreFinding {
  const evidence = [{ path, line: worn.line }];
  const subject = `${path} ^${worn.note.id}${worn.kind === "moved" ? "" : ` line ${worn.line}`}`;
  switch (worn.kind) {
    case "moved": {
      const text = `${path} cites ${worn.note.raw.slice(0, 200)}; the words now stand in ${worn.to.path}#L${worn.to.from}-L${worn.to.to}`;
      return { subject, text, evidence, values: { page: path, movedPage: path } };
    }
    case "stale":
      return { subject, text: `${path}: "${worn.claim.text.slice(0, 200)}": ${worn.reason}`, evidence, values: { page: path } };
    case "weaker":
      return {
        subject,
        text: `${path} line ${worn.line}: ${worn.reason}; no script can mend it`,
        evidence,
        values: {},
      };
  }
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Mended {
  readonly text: string;
  /** With the new place of what moved, where the page has one. */
  readonly sidecar?: string;
  readonly moved: number;
  readonly struck: number;
}

async function mendPage(world: ChoreWorld, leaf: Leaf, args: ChoreArgs): Promise<Mended> {
  const { text } = leaf.page;
  const commit = world.history.head();
  const splices: Splice[] = [];
  const struck = new Map<Claim, readonly Splice[]>();
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
    if (worn.kind === "stale" && args.options.moved === undefined) struck.set(worn.claim, strikeMarks(text, worn.claim, world.today));
  }
  const moved = splices.length;
  splices.push(...[...struck.values()].flat());
  if (splices.length === 0) return { text, moved: 0, struck: 0 };
  const edited = splices
    .toSorted((a, b) => b.start - a.start)
    .reduce((whole, { start, end, text: piece }) => whole.slice(0, start) + piece + whole.slice(end), text);
  const before = leaf.page.matter?.data?.updated;
  const dated = typeof before === "string" && before < world.today ? setMatter(edited, { updated: world.today }) : edited;
  const sidecar = leaf.sidecar && writeSidecar(parsePage(dated), anchors);
  return { text: dated, ...(sidecar === undefined ? {} : { sidecar }), moved, struck: struck.size };
}

/** As it is written: ids are compared in lower case. */
function labelOf(text: string, note: Footnote): string {
  return /^\[\^([^\]]+)\]:/.exec(text.slice(note.start, note.end))?.[1] ?? note.id;
}

/** `~~the claim~~ (stale since 2026-11-02)[^c1]`. */
function strikeMarks(text: string, claim: Claim, day: string): readonly Splice[] {
  const raw = text.slice(claim.start, claim.end);
  const marks = /(?:\s*\[\^[^\]\s]+\])*\s*$/.exec(raw)?.[0] ?? "";
  const end = claim.end - marks.length;
  return [
    { start: claim.start, end: claim.start, text: "~~" },
    { start: end, end, text: `~~ (stale since ${day})` },
  ];
}

/** Proof by reading back: struck, it says the same and counts as superseded. */
function canStrike(page: Page, claim: Claim): boolean {
  if (claim.shape === "row") return false;
  const [open, close] = strikeMarks(page.text, claim, "2000-01-01");
  if (!open || !close || close.start <= open.start) return false;
  const { text } = page;
  const after = parsePage(
    text.slice(0, open.start) + open.text + text.slice(open.start, close.start) + close.text + text.slice(close.start),
  );
  const found = after.claims.find((one) => one.start === claim.start);
  return found?.superseded === true && found.text === claim.text && after.claims.length === page.claims.length;
}
