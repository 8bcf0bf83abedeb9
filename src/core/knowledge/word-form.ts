import { spellings } from "./word-lists.ts";

/**
 * A lower-case word in the form that it shares with its plural or its third person, and with its British or American
 * spelling. A key to compare by, not a word to show. Tense and derivation are kept: `ship`, `shipped` and `shipping` are
 * three.
 */
export function plainForm(word: string): string {
  if (!/^[\p{L}']+$/u.test(word)) return word;
  const single = singularOf(word.replace(/'s?$/, ""));
  const known = spellings.get(single);
  if (known !== undefined) return known;
  return spellOf(single);
}

function singularOf(word: string): string {
  if (word.length < 4 || !/s$/.test(word) || /(?:ss|us|is|news|series|always|perhaps|whereas|besides|sometimes)$/.test(word)) {
    return irregular[word] ?? word;
  }
  if (/ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|zz|o)es$/.test(word)) return word.slice(0, -2);
  return irregular[word] ?? word.slice(0, -1);
}

const irregular: Readonly<Record<string, string>> = {
  children: "child",
  people: "person",
  men: "man",
  women: "woman",
  feet: "foot",
  has: "have",
  does: "do",
  goes: "go",
};

/** Rules, applied to both sides alike: that `our` becomes `or` in `hour` as well does no harm, for nothing else becomes that. */
function spellOf(word: string): string {
  return word
    .replace(/^([a-z]{2,}[bdgilmnprv])our(?=$|e[dr]$|ing$|ful|ite|able|less|ly)/, "$1or")
    .replace(/([a-z]{2,})is(?=(?:e|ed|er|ing|ation|able)$)/, "$1iz")
    .replace(/ys(?=(?:e|ed|er|ing)$)/, "yz")
    .replace(/([a-z]{2,}[tb])re$/, "$1er")
    .replace(/([a-z]{2,})ogue$/, "$1og")
    .replace(/([a-z]*[aeiou][a-z]*[aeiou])ll(?=(?:ed|ing|er|ation)$)/, "$1l")
    .replace(/([a-z]{2,})ence$/, "$1ense")
    .replace(/([a-z]{3,})wards$/, "$1ward")
    .replace(/dgement$/, "dgment")
    .replace(/^(whil|among|amid)st$/, "$1")
    .replace(/ae(?=[dnrsv])/, "e");
}
