import { normaliseClaim } from "./normalise-text.ts";
import { plainWords } from "./plain-words.ts";
import { joinCompounds, sayTheSame } from "./same-words.ts";

/**
 * How two claims stand to each other (K5).
 * `same`: one fact. `contradicts`: alike, but for a negation, a number or an opposite. `close`: too alike to be called
 * two facts and not equal enough to be one: a person looks at it. `different`: everything else.
 */
export type Likeness = "same" | "contradicts" | "close" | "different";

/**
 * What is the same is said by the words themselves (`plainWords`): likeness alone merges falsely, for most of what makes
 * two facts of two claims is a single word, and no list names them all. Likeness tells what a person should look at.
 * Thresholds after facts that were measured on 345 real claims.
 */
const closeMin = 0.7;
const alikeMin = 0.6;

export function compareClaims(a: string, b: string): Likeness {
  const [one, other] = [readKept(a), readKept(b)];
  if (isSameClaim(one, other)) return "same";
  const { whole: left } = one;
  const { whole: right } = other;
  if (dayOf(left) !== dayOf(right)) return "different";
  one.shingles ??= shingles(left);
  other.shingles ??= shingles(right);
  const alike = jaccard(one.shingles, other.shingles);
  if (alike < alikeMin) return "different";
  if (!equalSets(namesIn(a, right), namesIn(b, left))) return "different";
  if (differInSense(left, right)) return "contradicts";
  return alike < closeMin ? "different" : "close";
}

/** A claim in the forms that it is compared in, made once for many comparisons. */
export interface PlainClaim {
  readonly whole: string;
  readonly words: readonly string[];
  /** Of all words together: whatever is joined or put elsewhere, two claims that say the same have as many. */
  readonly letters: number;
}

export function readPlain(text: string): PlainClaim {
  const words = plainWords(text);
  return { whole: normaliseClaim(text), words, letters: words.reduce((sum, word) => sum + (word === "," ? 0 : word.length), 0) };
}

type KeptClaim = PlainClaim & { shingles?: Set<string> };

/** Each of a wiki's claims is compared with each that is new: its forms are made once. */
const kept = new Map<string, KeptClaim>();
const keptMax = 5_000;

function readKept(text: string): KeptClaim {
  const known = kept.get(text);
  if (known) return known;
  if (kept.size >= keptMax) kept.clear();
  const made = readPlain(text);
  kept.set(text, made);
  return made;
}

export function isSameClaim(one: PlainClaim, other: PlainClaim): boolean {
  if (one.letters !== other.letters) return false;
  const [mine, theirs] = joinCompounds(one.words, other.words);
  return mine.length === 0 || theirs.length === 0 ? one.whole === other.whole : sayTheSame(mine, theirs);
}

/** `2026-11-20: …` is something that happened then: on another day it is another event, and no contradiction. */
function dayOf(claim: string): string | undefined {
  return /^\d{4}-\d{2}-\d{2}(?=: )/.exec(claim)?.[0];
}

function differInSense(left: string, right: string): boolean {
  const a = wordsOf(left);
  const b = wordsOf(right);
  if (countNegations(a) % 2 !== countNegations(b) % 2) return true;
  if (!equalSets(numbersIn(a), numbersIn(b))) return true;
  return antonyms.some(([one, other]) => {
    const [aOne, aOther, bOne, bOther] = [a.includes(one), a.includes(other), b.includes(one), b.includes(other)];
    return (aOne && !aOther && bOther && !bOne) || (aOther && !aOne && bOne && !bOther);
  });
}

function shingles(text: string): Set<string> {
  const plain = ` ${wordsOf(text).join(" ")} `;
  const found = new Set<string>();
  for (let at = 0; at + 3 <= plain.length; at += 1) found.add(plain.slice(at, at + 3));
  return found;
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  // No more can be shared than the smaller has.
  if (Math.min(a.size, b.size) < alikeMin * Math.max(a.size, b.size)) return 0;
  let both = 0;
  for (const one of a) if (b.has(one)) both += 1;
  const all = a.size + b.size - both;
  return all === 0 ? 1 : both / all;
}

/**
 * What names a thing: words with a digit, dot, slash, underscore or inner capital, all capitals, and capitalised words
 * but the first, unless the other side has the same word in lower case.
 */
function namesIn(text: string, other: string): Set<string> {
  const otherWords = new Set(wordsOf(other));
  const names = new Set<string>();
  for (const [index, raw] of text
    .replace(/[`*"'()[\],;:!?]/g, " ")
    .split(/\s+/)
    .entries()) {
    const word = raw.replace(/\.+$/, "");
    const marked = /[\p{L}][._/\\#@-]?\d|\d[\p{L}]|[\p{L}\d][._/\\#@][\p{L}\d]|\p{Ll}\p{Lu}/u.test(word) || /^\p{Lu}{2,}$/u.test(word);
    const proper = index > 0 && /^\p{Lu}\p{Ll}/u.test(word) && !otherWords.has(word.toLowerCase());
    if (marked || proper) names.add(word.toLowerCase());
  }
  return names;
}

function numbersIn(words: readonly string[]): Set<string> {
  return new Set(words.flatMap((word) => numberWords[word] ?? (/^\d+([.,:/-]\d+)*%?$/.test(word) ? [word] : [])));
}

function countNegations(words: readonly string[]): number {
  return words.filter((word) => negations.has(word) || word.endsWith("n't")).length;
}

export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\p{L}+n't|[\p{L}\p{N}]+(?:[.,:'_/-][\p{L}\p{N}]+)*%?/gu) ?? [];
}

function equalSets(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}

const negations = new Set("no not never none nor neither without cannot nothing nobody nowhere hardly".split(" "));
const numberWords: Readonly<Record<string, string[]>> = Object.fromEntries(
  "zero one two three four five six seven eight nine ten eleven twelve".split(" ").map((word, value) => [word, [String(value)]]),
);
const antonyms: readonly (readonly [string, string])[] = (
  "before after|above below|up down|on off|in out|open closed|open close|opens closes|first last|more less|most least|more fewer|" +
  "always never|all none|every no|min max|minimum maximum|increase decrease|increases decreases|increased decreased|rise fall|rises falls|" +
  "add remove|adds removes|added removed|enable disable|enabled disabled|enables disables|allow deny|allowed denied|allowed forbidden|" +
  "allow forbid|accept reject|accepted rejected|accepts rejects|start stop|starts stops|start end|starts ends|true false|yes no|" +
  "public private|internal external|required optional|fast slow|faster slower|fastest slowest|high low|higher lower|highest lowest|" +
  "large small|larger smaller|long short|longer shorter|early late|earlier later|new old|newer older|same different|success failure|" +
  "succeeds fails|pass fail|passes fails|passed failed|buy sell|buys sells|bought sold|win lose|wins loses|won lost|profit loss|" +
  "safe unsafe|valid invalid|known unknown|local remote|online offline|sync async|read write|input output|include exclude|" +
  "includes excludes|included excluded|better worse|best worst|good bad|cheap expensive|cheaper dearer|free paid|daily weekly|weekly monthly|" +
  "monthly yearly|keep drop|keeps drops|kept dropped|sealed open|hard soft|manual automatic|must may|left right|north south|east west"
)
  .split("|")
  .map((pair) => pair.split(" ") as [string, string]);
