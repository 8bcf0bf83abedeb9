import type { StoreReader, StoreWriter } from "../../port/store.ts";
import { normaliseClaim } from "./normalise-text.ts";
import type { RecalledText } from "./recalled.ts";

/**
 * What a domain's answers told agents (`mos mcp --domain`, `mos ask` from a program): by page, or by the other places that answers
 * speak from. Who asked is not known by any ticket or session, and what they write can come back as a note, a commit, or a ticket
 * that another agent does: it is kept for the whole domain, with the moment at which it was told first.
 */
export type ToldTexts = ReadonlyMap<string, readonly string[]>;

export const threadsPlace = "threads";
export const briefPlace = "brief";
export const ticketsPlace = "tickets";

/** The newest of each place, and of places those that were told of last: as many as a wiki has pages, twice. */
const textsMax = 5_000;
const placesMax = 10_000;
const textCharsMax = 4_000;

/** What of these was not told before; where it is nothing, nothing needs to be kept. */
export async function listUntold(tx: StoreReader, domain: string, told: ToldTexts): Promise<ToldTexts> {
  const fresh = new Map<string, string[]>();
  for (const [place, texts] of told) {
    const known = new Set((await readPlace(tx, domain, place)).map(({ text }) => text));
    const more = [...new Set(texts.map((text) => text.slice(0, textCharsMax)))].filter(
      (text) => normaliseClaim(text) !== "" && !known.has(text),
    );
    if (more.length > 0) fresh.set(place, more);
  }
  return fresh;
}

/** Keeps what is told, before it is told (K2). Repeating it changes nothing. */
export async function keepTold(tx: StoreWriter, { domain, at, told }: { domain: string; at: string; told: ToldTexts }): Promise<void> {
  const fresh = await listUntold(tx, domain, told);
  const places = await listPlaces(tx, domain);
  const unknown = [...fresh.keys()].filter((place) => !places.includes(place));
  if (unknown.length > 0) {
    const all = [...places, ...unknown];
    for (const place of all.slice(0, -placesMax)) await tx.notes.remove(placeId(domain, place));
    await tx.notes.put({ id: domainId(domain), value: { places: all.slice(-placesMax) } });
  }
  for (const [place, texts] of fresh) {
    const all = [...(await readPlace(tx, domain, place)), ...texts.map((text) => ({ text, at }))].slice(-textsMax);
    await tx.notes.put({ id: placeId(domain, place), value: { told: all.map((one) => [one.text, one.at]) } });
  }
}

/** All that answers of a domain told, of its wiki and of its threads. */
export async function readTold(tx: StoreReader, domain: string): Promise<{ wiki: RecalledText[]; threads: RecalledText[] }> {
  const wiki: RecalledText[] = [];
  const threads: RecalledText[] = [];
  for (const place of await listPlaces(tx, domain)) (place === threadsPlace ? threads : wiki).push(...(await readPlace(tx, domain, place)));
  return { wiki, threads };
}

async function listPlaces(tx: StoreReader, domain: string): Promise<string[]> {
  const places = ((await tx.notes.get(domainId(domain)))?.value as { places?: unknown } | undefined)?.places;
  return Array.isArray(places) ? places.filter((place): place is string => typeof place === "string") : [];
}

async function readPlace(tx: StoreReader, domain: string, place: string): Promise<{ text: string; at: string }[]> {
  const told = ((await tx.notes.get(placeId(domain, place)))?.value as { told?: unknown } | undefined)?.told;
  return (Array.isArray(told) ? told : []).flatMap((pair: unknown) => {
    const [text, at] = Array.isArray(pair) ? pair : [];
    return typeof text === "string" && typeof at === "string" ? [{ text, at }] : [];
  });
}

function domainId(domain: string): string {
  return `recalled:answers:${domain}`;
}

/** A domain's name holds no colon. */
function placeId(domain: string, place: string): string {
  return `${domainId(domain)}:${place}`;
}
