/** Closed lists of English that claims are compared with (K5). What is on none of them is a word like any other. */

/**
 * Words that may come and go without saying anything else: articles, the present of `be`, `do` as a helper, relative
 * `that`, and adverbs of emphasis. No preposition, quantity, tense, hedge or modal is among them.
 */
export const fillers: ReadonlySet<string> = new Set(
  (
    "a an the is are am be being do that which actually really basically simply just indeed very quite also too certainly clearly plainly " +
    "obviously naturally truly definitely literally frankly honestly incidentally essentially evidently surely well"
  ).split(" "),
);

export const fillerPhrases: readonly RegExp[] = [
  /(?<=[\s"'(])(?:in fact|of course|after all|as it happens|for the record|by the way|as a matter of fact|to be clear|to be sure|at the end of the day|as you know|as we know|needless to say|it goes without saying that|as (?:noted|expected|mentioned|agreed)(?: (?:before|earlier|above))?)(?=[\s,]),?/gi,
  /^[\s"'(]*(?:please )?(?:note|fyi|reminder|remember|nb|n\.b\.)\s*[:,]?\s(?:that )?/i,
  /^[\s"'(]*(?:(?:we|i) (?:have )?(?:learned|learnt|found|noticed|noted|observed|discovered|saw)(?: out)? that|it (?:turns|turned) out that|it is worth (?:noting|knowing|remembering) that|the fact is that)\s/i,
];

export const abbreviations: readonly (readonly [RegExp, string])[] = [
  [/\be\.\s?g\./gi, "for example"],
  [/\bi\.\s?e\./gi, "namely"],
  [/\bthat is to say\b/gi, "namely"],
  [/\bapprox\./gi, "approximately"],
  [/\bvs\.?(?=\s)/gi, "versus"],
  [/\bw\/(?=\s?\p{L})/giu, "with "],
  [/\bper cent\b/gi, "percent"],
  [/\betc\./gi, "etc"],
  [/\u2192|->/g, " \u2192 "],
];

export const contractions: readonly (readonly [RegExp, string])[] = [
  [/\bcan't\b|\bcannot\b/gi, "can not"],
  [/\bwon't\b/gi, "will not"],
  [/\bshan't\b/gi, "shall not"],
  [/n't\b/gi, " not"],
  [/(?<=\p{L})'re\b/giu, " are"],
  [/(?<=\p{L})'ve\b/giu, " have"],
  [/(?<=\p{L})'ll\b/giu, " will"],
  [/(?<=\bi)'m\b/gi, " am"],
  [/\b(it|that|there|here|what|who|he|she|let)'s\b/gi, "$1 is"],
];

export const symbolWords: Readonly<Record<string, string>> = { $: "usd", "€": "eur", "£": "gbp", "¥": "jpy", "&": "and" };

/** After a number: the short form that stands for all ways to write the unit. */
export const unitWords: ReadonlyMap<string, string> = new Map(
  (
    "ms millisecond milliseconds msec|s second seconds sec secs|min minute minutes mins|h hour hours hr hrs|d day days|" +
    "kb kilobyte kilobytes|mb megabyte megabytes|gb gigabyte gigabytes|tb terabyte terabytes|kg kilogram kilograms kilo kilos|" +
    "g gram grams|mg milligram milligrams|km kilometre kilometres kilometer kilometers|m metre metres meter meters|" +
    "cm centimetre centimetres centimeter centimeters|mm millimetre millimetres millimeter millimeters|px pixel pixels|" +
    "hz hertz|khz kilohertz|db decibel decibels|bpm|lufs|am|pm|percent|eur euro euros|usd dollar dollars|°c|°f|l litre litres liter liters"
  )
    .split("|")
    .flatMap((line) => line.split(" ").map((word, _, all) => [word, all[0] as string] as const)),
);

/** The short form, and the rest of the long one. */
export const months = "Jan uary|Feb ruary|Mar ch|Apr il|May |Jun e|Jul y|Aug ust|Sep tember|Oct ober|Nov ember|Dec ember"
  .split("|")
  .map((name) => name.split(" ") as [string, string]);

const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(
    " ",
  );
const ordinals = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(" ");
const ends = ["st", "nd", "rd"];

export const numberWords: ReadonlyMap<string, string> = new Map([
  ...small.map((word, value) => [word, String(value)] as const),
  ..."thirty forty fifty sixty seventy eighty ninety".split(" ").map((word, at) => [word, String((at + 3) * 10)] as const),
  ["hundred", "100"] as const,
  ["thousand", "1000"] as const,
  ...ordinals.map((word, at) => [word, `${at + 1}${ends[at] ?? "th"}`] as const),
]);

/** Spellings that no rule reaches. */
export const spellings: ReadonlyMap<string, string> = new Map(
  (
    "grey gray|programme program|aluminium aluminum|artefact artifact|ageing aging|skilful skillful|enrol enroll|fulfil fulfill|" +
    "instalment installment|plough plow|sceptic skeptic|sceptical skeptical|mould mold|manoeuvre maneuver|learnt learned|burnt burned|" +
    "spelt spelled|draught draft|jewellery jewelry|disc disk|practise practice|cosy cozy|tyre tire|sulphur sulfur|pyjama pajama|" +
    "acknowledgement acknowledgment|annexe annex|moustache mustache|kerb curb|cheque check|enquiry inquiry|enquire inquire"
  )
    .split("|")
    .map((pair) => pair.split(" ") as [string, string]),
);
