const wordsMax = 40;
const wordCharsMax = 60;

/** Words that stand in every text and tell none from another. */
const stopWords = new Set(
  (
    "a about above after again against all am an and any are as at be because been before being below between both but by can could " +
    "did do does doing down during each few for from further had has have having he her here hers him his how i if in into is it its " +
    "just me more most my no nor not now of off on once only or other our ours out over own same she should so some such than that the " +
    "their theirs them then there these they this those through to too under until up us very was we were what when where which while " +
    "who whom why will with would you your yours s t d ll re ve m"
  ).split(" "),
);

/**
 * The words of a question that are searched for, joined by OR: to ask for all of them finds nothing for most questions.
 * Where it holds stop words alone, these.
 */
export function chooseWords(question: string): string[] {
  const all = [
    ...question
      .normalize("NFC")
      .toLowerCase()
      .matchAll(/[\p{L}\p{M}\p{N}]+/gu),
  ].map(([word]) => word.slice(0, wordCharsMax));
  const unique = [...new Set(all)];
  const telling = unique.filter((word) => !stopWords.has(word));
  return (telling.length > 0 ? telling : unique).slice(0, wordsMax);
}
