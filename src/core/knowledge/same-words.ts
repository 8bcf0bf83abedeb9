/**
 * Whether two lists of plain words say the same: the same words in the same order, but for one clause that stands elsewhere
 * ("In August the plant is closed") or the items of one enumeration in another order. Nothing else may move: who pays whom
 * is said by the order alone.
 */
export function sayTheSame(a: readonly string[], b: readonly string[]): boolean {
  const [left, right] = [sortEnumerations(a), sortEnumerations(b)];
  if (left.length !== right.length) return false;
  return left.every((word, at) => word === right[at]) || isMovedClause(left, right);
}

/** `re-use` and `reuse`, `front end` and `frontend`: what one side writes as one word is one word on the other. */
export function joinCompounds(a: readonly string[], b: readonly string[]): [string[], string[]] {
  return [joinBy(a, new Set(b)), joinBy(b, new Set(a))];
}

function joinBy(words: readonly string[], others: ReadonlySet<string>): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (last !== undefined && !others.has(word) && others.has(last + word)) joined[joined.length - 1] = last + word;
    else joined.push(word);
  }
  return joined;
}

const clauseStarts = new Set(
  "in on at before after during since until till when whenever while if unless because for with without by within under over outside inside from".split(
    " ",
  ),
);

/** One list is the other turned: what was moved begins as a clause does, and both parts are more than a word. */
function isMovedClause(a: readonly string[], b: readonly string[]): boolean {
  for (let at = 2; at + 2 <= a.length; at += 1) {
    const isTurned = b.every((word, index) => word === a[(index + at) % a.length]);
    if (isTurned && (clauseStarts.has(a[at] ?? "") || clauseStarts.has(b[a.length - at] ?? ""))) return true;
  }
  return false;
}

/** The single words of `x, y and z` in the order of the alphabet, and no comma any more. What goes by its order stays. */
function sortEnumerations(words: readonly string[]): string[] {
  const sorted = [...words];
  if (words.includes("respectively")) return sorted.filter((word) => word !== ",");
  for (const [at, word] of words.entries()) {
    if (word !== "and" && word !== "or") continue;
    const places = [at + 1];
    for (let item = words[at - 1] === "," ? at - 2 : at - 1; item >= 0; item -= 2) {
      places.unshift(item);
      if (words[item - 1] !== ",") break;
    }
    const items = places.map((place) => words[place] ?? "");
    if (items.some((item) => item === "" || item === "," || item === "and" || item === "or")) continue;
    for (const [index, item] of items.toSorted().entries()) sorted[places[index] as number] = item;
  }
  return sorted.filter((word) => word !== ",");
}
