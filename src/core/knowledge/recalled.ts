import type { Artifact } from "../../contract/knowledge.ts";
import type { StoreReader, StoreWriter } from "../../port/store.ts";
import { isSameClaim, readPlain, wordsOf } from "./compare-claims.ts";
import { findWhole, normaliseClaim } from "./normalise-text.ts";

/** Kept of one ticket or session, the newest. */
const textsMax = 500;
const textCharsMax = 4000;
/** A passage shorter than this stands in too many sentences by chance. */
const repeatedWordsMin = 4;
const predecessorsMax = 50;

/** Whose context it was: all attempts of a ticket are one, all scouts of a session in one domain are one. */
export type Reader =
  | { readonly kind: "ticket"; readonly ticket: string }
  | { readonly kind: "session"; readonly session: string; readonly domain: string };

/**
 * Remembers, before a model is told them, that these texts of the wiki were put into its context (K2): what it says
 * afterwards may be what it was told. Repeating it changes nothing.
 */
export async function rememberRecalled(tx: StoreWriter, reader: Reader, texts: readonly string[]): Promise<void> {
  const id = noteId(reader);
  const known = readTexts((await tx.notes.get(id))?.value);
  const fresh = texts.map((text) => text.slice(0, textCharsMax)).filter((text) => normaliseClaim(text) !== "");
  const all = [...new Set([...known, ...fresh])].slice(-textsMax);
  if (all.length !== known.length || all.some((text, index) => text !== known[index])) await tx.notes.put({ id, value: { texts: all } });
}

/** What the wiki put into the contexts from which an artifact came: of a ticket also those of the tickets that it followed. */
export async function readRecalled(tx: StoreReader, artifact: Pick<Artifact, "kind" | "source" | "domain">): Promise<readonly string[]> {
  if (artifact.kind === "note" || artifact.kind === "landing" || artifact.kind === "release") return [];
  if (artifact.kind === "session") return readOne(tx, { kind: "session", session: artifact.source, domain: artifact.domain });
  const run = artifact.kind === "transcript" ? await tx.agentRuns.get(artifact.source) : undefined;
  const texts: string[] = [];
  if (run?.session !== undefined) texts.push(...(await readOne(tx, { kind: "session", session: run.session, domain: artifact.domain })));
  const seen = new Set<string>();
  for (
    let id = artifact.kind === "transcript" ? run?.ticket : artifact.source;
    id !== undefined && !seen.has(id) && seen.size < predecessorsMax;
  ) {
    seen.add(id);
    texts.push(...(await readOne(tx, { kind: "ticket", ticket: id })));
    id = (await tx.tickets.get(id))?.provenance.predecessor;
  }
  return texts;
}

/** A text of the wiki that somebody was told. */
export interface RecalledText {
  readonly text: string;
  /** When, where that is known: whatever was said before then repeats nothing. */
  readonly at?: string;
}

export type Recall = "recalled" | "repeats" | "own";

/**
 * How statements stand to what their speaker was told. `recalled`: it says that, or a part of it, again, and is no
 * evidence. `repeats`: it holds a whole passage of it and more: what is its own, a person must say. `own`: neither.
 *
 * @returns what judges one statement, and `saidAt` the moment at which it was kept; without one, all that was told counts
 */
export function openRecalled(texts: readonly RecalledText[]): (claim: string, saidAt?: string) => Recall {
  let told: ReturnType<typeof prepareTexts> | undefined;
  return (claim, saidAt) => {
    const said = readPlain(normaliseClaim(plainOf(claim)));
    if (said.whole === "") return "own";
    told ??= prepareTexts(texts);
    let verdict: "repeats" | "own" = "own";
    for (const one of told) {
      if (saidAt !== undefined && one.at > saidAt) continue;
      if (findWhole(one.whole, said.whole) !== -1 || isSameClaim(one, said)) return "recalled";
      if (one.isPassage && findWhole(said.whole, one.whole) !== -1) verdict = "repeats";
    }
    return verdict;
  };
}

function prepareTexts(texts: readonly RecalledText[]) {
  return texts.flatMap(({ text, at = "" }) => {
    const plain = readPlain(normaliseClaim(plainOf(text)));
    return plain.whole === "" ? [] : [{ ...plain, at, isPassage: wordsOf(plain.whole).length >= repeatedWordsMin }];
  });
}

async function readOne(tx: StoreReader, reader: Reader): Promise<string[]> {
  return readTexts((await tx.notes.get(noteId(reader)))?.value);
}

function readTexts(value: unknown): string[] {
  const texts = (value as { texts?: unknown } | undefined)?.texts;
  return Array.isArray(texts) ? texts.filter((text): text is string => typeof text === "string") : [];
}

function noteId(reader: Reader): string {
  return reader.kind === "ticket" ? `recalled:ticket:${reader.ticket}` : `recalled:session:${reader.session}:${reader.domain}`;
}

/** The words alone: a line of a page may come with its list mark, its footnotes, its escapes and its day. */
function plainOf(text: string): string {
  return text
    .replace(/^\s*(?:[-*+]|\d+[.)])\s+/, "")
    .replace(/\[\^[^\]\s]+\]/g, "")
    .replace(/\\([\p{P}\p{S}])/gu, "$1")
    .replace(/^\d{4}-\d{2}-\d{2}: /, "");
}
