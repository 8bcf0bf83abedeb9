const vowel = "[aeiouy]";
const consonants = "[^aeiou][^aeiouy]*";
const vowels = "[aeiouy][aeiou]*";
const measured = new RegExp(`^(${consonants})?${vowels}${consonants}`);
const measuredOnce = new RegExp(`^(${consonants})?${vowels}${consonants}(${vowels})?$`);
const measuredTwice = new RegExp(`^(${consonants})?${vowels}${consonants}${vowels}${consonants}`);
const hasVowel = new RegExp(`^(${consonants})?${vowel}`);
const endsShort = new RegExp(`^${consonants}${vowel}[^aeiouwxy]$`);

const second = {
  ...{ ational: "ate", tional: "tion", enci: "ence", anci: "ance", izer: "ize", bli: "ble", alli: "al", entli: "ent", eli: "e" },
  ...{ ousli: "ous", ization: "ize", ation: "ate", ator: "ate", alism: "al", iveness: "ive", fulness: "ful", ousness: "ous" },
  ...{ aliti: "al", iviti: "ive", biliti: "ble", logi: "log" },
};
const third = { icate: "ic", ative: "", alize: "al", iciti: "ic", ical: "ic", ful: "", ness: "" };
const secondEnd = new RegExp(`^(.+?)(${Object.keys(second).join("|")})$`);
const thirdEnd = new RegExp(`^(.+?)(${Object.keys(third).join("|")})$`);
const fourthEnd = /^(.+?)(al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize)$/;

/** The stem of a word in lower case (Porter 1980), as SQLite's tokenizer makes it. */
export function stemWord(word) {
  if (word.length < 3) return word;
  const startsWithY = word.startsWith("y");
  let stem = startsWithY ? `Y${word.slice(1)}` : word;
  stem = stem.replace(/^(.+?)(ss|i)es$/, "$1$2").replace(/^(.+?)([^s])s$/, "$1$2");
  stem = cutPast(stem);
  const endsInY = /^(.+?)y$/.exec(stem);
  if (endsInY && hasVowel.test(endsInY[1])) stem = `${endsInY[1]}i`;
  stem = swapEnd(stem, secondEnd, second);
  stem = swapEnd(stem, thirdEnd, third);
  const fourth = fourthEnd.exec(stem) ?? /^(.+?[st])(ion)$/.exec(stem);
  if (fourth && measuredTwice.test(fourth[1])) stem = fourth[1];
  const silent = /^(.+?)e$/.exec(stem)?.[1];
  if (silent && (measuredTwice.test(silent) || (measuredOnce.test(silent) && !endsShort.test(silent)))) stem = silent;
  if (stem.endsWith("ll") && measuredTwice.test(stem)) stem = stem.slice(0, -1);
  return startsWithY ? `y${stem.slice(1)}` : stem;
}

function cutPast(stem) {
  if (stem.endsWith("eed")) return measured.test(stem.slice(0, -3)) ? stem.slice(0, -1) : stem;
  const cut = /^(.+?)(ed|ing)$/.exec(stem)?.[1];
  if (cut === undefined || !hasVowel.test(cut)) return stem;
  if (/(at|bl|iz)$/.test(cut)) return `${cut}e`;
  if (/([^aeiouylsz])\1$/.test(cut)) return cut.slice(0, -1);
  return endsShort.test(cut) ? `${cut}e` : cut;
}

function swapEnd(stem, end, swaps) {
  const found = end.exec(stem);
  return found && measured.test(found[1]) ? `${found[1]}${swaps[found[2]]}` : stem;
}
