import { type Context, contextOf, countShared, placeWithin, type Span } from "./anchor-quote.ts";
import { findSpans, splitLines } from "./find-spans.ts";
import { normaliseQuote } from "./normalise-text.ts";
import type { Sources } from "./sources.ts";

/** Where the head says quoted words. `unsure`: more than one place may be meant, and nothing around them decides. */
export type Found =
  | { readonly kind: "there" }
  | ({ readonly kind: "elsewhere"; readonly path: string; readonly unsure?: true } & Span)
  | { readonly kind: "nowhere" };

interface Place extends Span {
  readonly path: string;
  /** Lines around it that stood around the cited one. */
  readonly shared: number;
  /** The file says the words at least as often as it did, besides the cited place: this may be the cited one. Else it is a twin. */
  readonly arrived: boolean;
}

interface Cited extends Span {
  readonly commit: string;
  readonly path: string;
}

/** Files that a search for a line may give before a line beside it is searched for as well. */
const crowded = 20;

/**
 * Looks for words that a commit's file said. `there`: within the same lines, unless nothing that stood around them is left
 * there and all of it has arrived around another place. Else the place with the most of what stood around the cited one.
 *
 * @param words     normalised
 * @param original  the file at the cited commit
 * @param now       the file at the head; `undefined` where it is gone
 */
export async function findPlaces(
  cited: Cited,
  { words, original, now }: { words: string; original: string; now: string | undefined },
  sources: Sources,
): Promise<Found> {
  const origin = placeWithin(original, words, cited);
  const context = contextOf(original, origin);
  const full = context.before.length + context.after.length;
  const own = now === undefined ? [] : placesIn({ path: cited.path, now, was: original, words, context, cited: true });
  const same = own.filter((place) => place.from >= cited.from && place.to <= cited.to);
  const kept = Math.max(-1, ...same.map((place) => place.shared));
  if (kept > 0 || (kept === 0 && full < 2)) return { kind: "there" };
  const best = Math.max(-1, ...own.filter((place) => place.arrived).map((place) => place.shared));
  const others = best === full && best > 0 ? [] : await placesElsewhere(cited, { words, original, origin, context }, sources);
  const rest = [...own.filter((place) => !same.includes(place)), ...others];
  if (same.length > 0 && !rest.some((place) => isWhole(place, { full, original, words, context, cited }))) return { kind: "there" };
  return choose(rest, cited);
}

/** Everything that stood around the cited place stands around this one, and did not before. */
function isWhole(place: Place, args: { full: number; original: string; words: string; context: Context; cited: Cited }): boolean {
  const { full, original, words, context, cited } = args;
  if (place.shared < full || !place.arrived) return false;
  if (place.path !== cited.path) return true;
  const twins = findSpans(original, words).filter((span) => countShared(contextOf(original, span), context) === full);
  return twins.length === 1;
}

function choose(places: readonly Place[], cited: Cited): Found {
  const away = (place: Place) => (place.path === cited.path ? Math.abs(place.from - cited.from) : Number.MAX_SAFE_INTEGER);
  const ranked = places.toSorted(
    (a, b) => Number(b.arrived) - Number(a.arrived) || b.shared - a.shared || away(a) - away(b) || (a.path < b.path ? -1 : 1),
  );
  const [first, second] = ranked;
  if (!first) return { kind: "nowhere" };
  const rivalled = second !== undefined && second.arrived === first.arrived && second.shared === first.shared;
  const unsure = !first.arrived || rivalled ? { unsure: true as const } : {};
  return { kind: "elsewhere", path: first.path, from: first.from, to: first.to, ...unsure };
}

function placesIn(args: { path: string; now: string; was: string | undefined; words: string; context: Context; cited: boolean }): Place[] {
  const { path, now, was, words, context, cited } = args;
  const spans = findSpans(now, words);
  const before = was === undefined ? 0 : findSpans(was, words).length;
  const arrived = cited ? spans.length >= before : spans.length > before;
  return spans.map((span) => ({ path, ...span, shared: countShared(contextOf(now, span), context), arrived }));
}

async function placesElsewhere(
  cited: Cited,
  args: { words: string; original: string; origin: Span; context: Context },
  sources: Sources,
): Promise<Place[]> {
  const { words, original, origin, context } = args;
  const lines = splitLines(original);
  const paths = new Set(await sources.filesWith(cited.commit, longestLine(lines.slice(origin.from - 1, origin.to), words)));
  if (paths.size >= crowded) {
    const around = lines.filter((line) => context.before.includes(normaliseQuote(line)) || context.after.includes(normaliseQuote(line)));
    for (const path of await sources.filesWith(cited.commit, longestLine(around, words))) paths.add(path);
  }
  const places: Place[] = [];
  for (const path of paths) {
    if (path === cited.path || isWikiPath(path)) continue;
    const now = await sources.fileNow(cited.commit, path);
    if (now.kind !== "text") continue;
    const then = await sources.fileAt(cited.commit, path);
    places.push(...placesIn({ path, now: now.text, was: then.kind === "text" ? then.text : undefined, words, context, cited: false }));
  }
  return places;
}

export function isWikiPath(path: string): boolean {
  return path === "wiki" || path.startsWith("wiki/");
}

/** The longest piece that is sure to stand in one line of the source as it is: what a search can look for. */
function longestLine(lines: readonly string[], quote: string): string {
  const pieces = lines.map((line) => line.trim()).map((line) => (normaliseQuote(line).includes(quote) ? overlap(line, quote) : line));
  return pieces.reduce((best, piece) => (piece.length > best.length ? piece : best), "");
}

/** The quote as the line writes it, if it does so to the letter; else the line. */
function overlap(line: string, quote: string): string {
  return line.includes(quote) ? quote : line;
}
