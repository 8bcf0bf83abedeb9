// Plain JavaScript: who checks types needs no peer installed.
import MiniSearch from "minisearch";
import { stemWord } from "./porter.mjs";

const boost = { title: 1, headings: 0.5, text: 1, near: 0.1 };

/** Stems of words that were met before: this program's are made in C, and a peer that is slowed by its stemmer proves nothing. */
const stems = new Map();

function processTerm(term) {
  let stem = stems.get(term);
  if (stem === undefined) {
    stem = stemWord(term.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase());
    stems.set(term, stem);
  }
  return stem;
}

export function buildPeer(passages) {
  const index = new MiniSearch({
    fields: ["title", "headings", "text", "near"],
    tokenize: (text) => text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [],
    processTerm,
    searchOptions: { boost, combineWith: "OR", prefix: false, fuzzy: false },
  });
  const give = (passage, id) => ({ id, ...passage });
  index.addAll(passages.map(give));
  return {
    find: (words, max) =>
      index
        .search(words.join(" "))
        .slice(0, max)
        .map(({ id }) => id),
    replace: (at, passage) => index.replace(give(passage, at)),
  };
}
