import { normaliseQuote } from "./normalise-text.ts";
import { plainForm } from "./word-form.ts";
import { abbreviations, contractions, fillerPhrases, fillers, months, numberWords, symbolWords, unitWords } from "./word-lists.ts";

/**
 * The words of a claim in the one form that claims are compared in (K5), in their order. Two claims that differ in nothing
 * but typography, notation (of a number, a date, a unit, a contraction), British or American spelling, number and person,
 * articles and words that say nothing give equal lists. Tense, negations, prepositions, quantities, names and the case of
 * identifiers are kept: whoever drops one of these says something else.
 *
 * A comma is `,`: it is where a clause may have been moved from.
 */
export function plainWords(text: string): string[] {
  const marked = normaliseQuote(text)
    .replace(/\*+|`+|~~/g, "")
    .replace(/(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, "");
  const found: string[] = [];
  for (const raw of plainNotation(marked).match(wordPattern) ?? []) {
    const parts = /^(?:\p{L}+|\d+(?:st|nd|rd|th))(?:-\p{L}+)+$/u.test(raw) ? raw.split("-") : [raw];
    for (const part of parts) found.push(foldWord(part, found.at(-1)));
  }
  return found.filter((word) => word !== "" && !fillers.has(word));
}

/** An identifier, path, flag, date, number or word; a comma; any symbol that may carry sense (`+`, `<`, `→`). */
const wordPattern =
  /(?<![\p{L}\p{N}])(?:--(?=\p{L})|-(?=\p{L}(?:\s|$))|[@#/.]+(?=[\p{L}\p{N}]))?[\p{L}\p{N}\p{M}]+(?:[.:'_/\\#@+-]+[\p{L}\p{N}\p{M}]+)*(?:\+\+|#)?|,(?!\d)|\p{S}/gu;

function plainNotation(text: string): string {
  let plain = ` ${text} `;
  for (const phrase of [...fillerPhrases, ...fillerPhrases]) plain = plain.replace(phrase, " ");
  for (const [pattern, word] of abbreviations) plain = plain.replace(pattern, word);
  for (const [pattern, word] of contractions) plain = plain.replace(pattern, word);
  return plainNumbers(plainDates(plain));
}

function plainDates(text: string): string {
  const month = `(${months.map(([short, rest]) => `${short}(?:${rest})?`).join("|")})\\b\\.?`;
  const numberOf = (name: string) => String(months.findIndex(([short]) => name.startsWith(short)) + 1).padStart(2, "0");
  const write = (year: string | undefined, name: string, day: string) => `${year ?? "year"}-${numberOf(name)}-${day.padStart(2, "0")}`;
  return text
    .replace(/\b(\d{4})[-/](\d{1,2})[-/](\d{1,2})\b/g, (_, y, m, d) => `${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`)
    .replace(new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${month}(?:,? (\\d{4}))?(?=\\W)`, "g"), (_, d, m, y) => write(y, m, d))
    .replace(new RegExp(`\\b${month} (\\d{1,2})(?:st|nd|rd|th)?(?:,? (\\d{4}))?(?=[^\\d:.]|\\.\\W)`, "g"), (_, m, d, y) => write(y, m, d));
}

function plainNumbers(text: string): string {
  return text
    .replace(/(\d),(?=\d{3}(?!\d))/g, "$1")
    .replace(/([$€£¥])\s?(\d[\d.]*)/g, "$2 $1 ")
    .replace(/(?<=[\s(])[-\u2212](?=\d)/g, " minus ")
    .replace(/(\d)\s?%/g, "$1 percent ")
    .replace(/(?<![\p{L}\p{N}.:_-])(\d+(?:\.\d+)?)-?([a-zA-Zµ°]{1,5})(?![\p{L}\p{N}_-])/gu, (all, number, unit) =>
      unitWords.has(unit) || unitWords.has(unit.toLowerCase()) ? `${number} ${unit} ` : all,
    )
    .replace(/(?<![\d:.])(\d):(?=\d\d(?!\d))/g, "0$1:")
    .replace(/[$€£¥&]/g, (symbol) => ` ${symbolWords[symbol]} `);
}

function foldWord(raw: string, before: string | undefined): string {
  const lower = raw.toLowerCase();
  if (before !== undefined && /^\d/.test(before)) {
    const unit = unitWords.get(raw) ?? unitWords.get(lower);
    // `MB` is not `Mb`, nor `ms` `Ms`.
    if (unit !== undefined) return raw.length <= 3 && /.\p{Lu}|\p{Lu}\p{Ll}/u.test(raw) && raw !== raw.toUpperCase() ? raw : unit;
  }
  if (/\p{Ll}\p{Lu}/u.test(raw) || ["US", "IT", "WHO"].includes(raw)) return raw;
  return numberWords.get(lower) ?? plainForm(lower);
}
