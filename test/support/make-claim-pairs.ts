import { claimSeeds } from "./claim-seeds.ts";

export interface ClaimPair {
  readonly a: string;
  readonly b: string;
  /** Whether a reader would call both one fact. */
  readonly same: boolean;
  /** The names of the mutations that made `b` of `a`. */
  readonly by: string;
}

/**
 * Pairs of claims by mutation of seed claims, seeded. Nothing of it is imported from what is measured with it: the lists of
 * words are its own, partly with words that the guard does not know, so that the guard can fail.
 */
export function makeClaimPairs(args: { random: () => number; same: number; different: number }): ClaimPair[] {
  return [...makeSome(args.random, args.same, true), ...makeSome(args.random, args.different, false)];
}

type Mutation = (text: string, pick: <T>(all: readonly T[]) => T) => string;

function makeSome(random: () => number, count: number, same: boolean): ClaimPair[] {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const harmless = Object.entries(sameMutations);
  const telling = Object.entries(differentMutations);
  const pairs = new Map<string, ClaimPair>();
  for (let tries = 0; pairs.size < count; tries += 1) {
    if (tries > count * 200) throw new Error(`only ${pairs.size} of ${count} pairs could be made`);
    const a = pick(claimSeeds);
    let b = a;
    const by: string[] = [];
    // A harmless change beside the telling one: what differs must be found among noise.
    const steps = same
      ? [pick(harmless), ...(random() < 0.4 ? [pick(harmless)] : [])]
      : [pick(telling), ...(random() < 0.5 ? [pick(harmless)] : [])];
    // What stands before a claim stands before the whole of it.
    for (const [name, mutate] of steps.toSorted(([one], [other]) => Number(one === "filler before") - Number(other === "filler before"))) {
      const next = mutate(b, pick);
      if (next === b) continue;
      b = next;
      by.push(name);
    }
    const told = same ? by.length > 0 : by.includes(steps[0]?.[0] ?? "");
    if (told && a !== b) pairs.set(`${a}\n${b}`, { a, b, same, by: by.join("+") });
  }
  return [...pairs.values()];
}

/** The first of the pairs that the text has, either way round, at a place of its own choosing. */
function swapOne(text: string, pairs: readonly (readonly [string, string])[], pick: <T>(all: readonly T[]) => T): string {
  const both = pairs.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]);
  const fitting = both.filter(([one]) => wholeWord(one).test(text));
  if (fitting.length === 0) return text;
  const [one, other] = pick(fitting);
  return text.replace(wholeWord(one), () => other);
}

const wholeWord = (text: string) => new RegExp(`(?<![\\p{L}\\d])(?<!\\d[.,])${escapeWord(text)}(?![\\p{L}\\d]|[.,]\\d)`, "u");
const escapeWord = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
const pairsOf = (lines: string) => lines.split("|").map((line) => line.split("=") as [string, string]);
const lowerFirst = (text: string) =>
  /^\p{Lu}\p{Ll}|^A /u.test(text) && !/^(?:Anna|Maria|Kraken)/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

const britishAmerican = pairsOf(
  "licence=license|colour=color|organised=organized|labelled=labeled|cancelled=canceled|analysed=analyzed|litres=liters|kilometres=kilometers|favours=favors|catalogue=catalog|enquiries=inquiries",
);
const notations = pairsOf(
  "2 percent=2 %|40 percent=40%|18 percent=18 per cent|7 percent=7%|50 percent=50 %|4,200=4200|50,000 USD=$50,000|1 EUR=€1|18 EUR=18 €|22 EUR=€22|80 ms=80ms|500 ms=500 milliseconds|9:00=09:00|3 seconds=3 s|first=1st|second=2nd|third=3rd|3=three|2 days=two days|12=twelve|5 minutes=5 min|2026-10-05=5 October 2026|2026-03-14=March 14, 2026|11=eleven|90 days=ninety days|20=twenty|Adlon & Partner=Adlon and Partner|e-mail=email|pre-save=presave|back catalogue=back-catalogue|byte order mark=byte-order mark|content hash=content-hash|100=hundred",
);
const plurals = pairsOf(
  "Singles come=A single comes|albums=an album|Proposals=A proposal|Backtests=A backtest|Retries use=A retry uses|Timeouts=A timeout|Reels under=A reel under|hold attention=holds attention|Retainers=A retainer|Ideas=An idea|Invoices=An invoice|days=day|copies=copy|streams=stream|requests=request|spreads=spread|quotes=quote|clients=client|answers=answer|teams=team|wages=wage|results=result|artist=artist's|exchange=exchange's|venues=venue|pages=page|readers=reader|names a=name a|parts=part|enquiries=enquiry|strategies=strategy|licences=licence",
);
const fillersLead =
  "In fact, |Of course, |Note: |Note that |As it happens, |We learned that |It turns out that |By the way, |To be clear, |As agreed, |For what it is worth, |Needless to say, |FYI: |Mind you, |Clearly, |Naturally, |As you know, |It is worth noting that |We found that |I noticed that |As a matter of fact, ".split(
    "|",
  );
const fillersInside =
  "actually|really|simply|indeed|of course|in fact|basically|certainly|plainly|naturally|clearly|admittedly|obviously|after all".split("|");

const sameMutations: Readonly<Record<string, Mutation>> = {
  "clause moved": (text, pick) => {
    const places = [...text.matchAll(/ (?=(?:before|after|in|on|at|between|until|within|when|because|from) (?!the [a-z]+,))/g)].map(
      (match) => match.index,
    );
    const at = places.at(-1);
    if (at === undefined || at < 12 || / and /.test(text.slice(at)) || / and$/.test(text.slice(0, at)) || text.includes(",")) return text;
    const clause = text.slice(at + 1);
    return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}${pick([",", ""])} ${lowerFirst(text.slice(0, at))}`;
  },
  enumeration: (text) =>
    text
      .replace(/(\p{L}+), (\p{L}+) and ((?:never )?\p{L}+)$/u, (all, x, y, z) => (z.includes(" ") ? all : `${y}, ${z} and ${x}`))
      .replace(/\b(Monday) and (Wednesday)\b/, "$2 and $1")
      .replace(/\b(March) and (May)\b/, "$2 and $1"),
  punctuation: (text, pick) =>
    pick<(one: string) => string>([
      (one) => `${one}.`,
      (one) => `${one}!`,
      (one) => `“${one}”`,
      (one) => one.replace(/,(?=\s)/, " –"),
      (one) => one.replace(/ and (?=\p{L}+ \p{L}+ \p{L}+)/u, ", and "),
      (one) => one.replace(/'/g, "’"),
    ])(text),
  typography: (text, pick) =>
    pick<(one: string) => string>([
      (one) => one.replace(/(\p{L}{5,})/u, "**$1**"),
      (one) => one.replace(/([\w./-]+\.(?:ts|json|html))/, "`$1`"),
      (one) => one.replace(/ /g, (space) => pick([space, space, "  ", "\u00a0"])),
      (one) => `*${one}*`,
      (one) => one.replace(/(maxRetries|probe-7)/, "`$1`"),
    ])(text),
  case: (text) => lowerFirst(text),
  notation: (text, pick) => swapOne(text, notations, pick),
  spelling: (text, pick) => swapOne(text, britishAmerican, pick),
  inflection: (text, pick) => swapOne(text, plurals, pick),
  article: (text, pick) =>
    pick<(one: string) => string>([
      (one) => one.replace(/ the (?=\p{L})/u, " "),
      (one) => one.replace(/ the /, " a "),
      (one) => one.replace(/^The /, ""),
    ])(text),
  "filler before": (text, pick) => `${pick(fillersLead)}${lowerFirst(text)}`,
  "filler within": (text, pick) => text.replace(/ (are|is|was|were|must) /, (_, verb) => ` ${verb} ${pick(fillersInside)} `),
  contraction: (text) => text.replace(/\b(is|was|were|are) not\b/, "$1n't"),
};

const antonyms = pairsOf(
  "before=after|first=last|below=above|under=over|more=less|more=fewer|accepts=rejects|closed=open|loses=earns|external=internal|daily=weekly|hourly=nightly|quarterly=monthly|short=long|down=up|later=earlier|maximum=minimum|worst=best|overstated=understated|disables=enables|contain=omit|stops=starts|begins=ends|wide=high|rarely=often|paying=free|approved=refused|kept=deleted|unreachable=reachable|preferred=avoided|longer=shorter|sent=received|owns=leases|unchanged=changed|named=unnamed|anonymous=known|fails=works|twice=half|drops=keeps|cached=discarded|paused=resumed|renewed=terminated|advance=arrears|night=day|nightly=yearly|large=small|dry=warm|morning=evening|remote=on-site|free=paid|recorded=erased|split=merged|rounded down=rounded up|grows=shrinks|covers=excludes|due=optional|summer=winter|stale=fresh|honest=dishonest|without=with|preferred=disliked",
);
const names = pairsOf(
  "Anna=Emma|Jonas=Lukas|Leipzig=Prague|Studio Nord=Studio West|Brightwater=Brightwell|Norlake=Norlane|Petra=Paula|Kraken=Bitstamp|Coinbase=Binance|Frankfurt=Zurich|Hartmann Foods=Hartmann Films|Plotline=Plotlines Pro|Berlin=Bern|Slow River=Slow Rivers End|Adlon=Adler|Verity=Verily|Tidewater=Tidewave|Lisbon=London|Dublin=Berlin|Maria=Marie|Harbour Lights=Harbour Nights|Vinyl=Tape|YAML=TOML|RGB=CMYK|UTF-8=UTF-16|Node=Deno|the artist=the manager|dentists=doctors|label=agency|distributor=publisher|broker=bank|exporter=importer|drums=bass|Guitar=Piano|diesel=petrol|tickets=tasks|masters=stems|Recruiters=Clients|royalties=advances|copies=boxes|Reels=Stories|cellar=attic|the client=the agency",
);
const identifiers = pairsOf(
  "src/index/build.ts=src/index/builds.ts|tools/lint/base.json=tools/lint/base.jsonc|probe-7=probe-9|maxRetries=minRetries|maxRetries=maxretries|2.3.0=2.3.1|2.3.0=3.2.0|429=409|work/portfolio/index.html=work/portfolio/main.html|UTF-8=UTF-18|trace id=span id|API=SDK",
);
const units = pairsOf(
  "days=weeks|days=hours|seconds=minutes|ms=seconds|ms=s|minutes=hours|percent=permille|percent=points|USD=EUR|EUR=CHF|EUR=GBP|litres=gallons|kilometres=miles|pixels=points|pages=words|hours=minutes|bpm=Hz|basis points=percent|pixels=millimetres",
);
const weekdays = "Monday Tuesday Wednesday Thursday Friday".split(" ");
const monthNames = "January March May June August October December".split(" ");
const scopes =
  "in Germany|for new clients|on mobile|in most cases|since last year|on weekends|at the Lisbon office|for singles|in theory|except for albums|unless Maria agrees|for now".split(
    "|",
  );
const quantifiers = "only|usually|mostly|sometimes|rarely|almost always|at most|partly|no longer|supposedly".split("|");

const differentMutations: Readonly<Record<string, Mutation>> = {
  number: (text, pick) => {
    const numbers = [...text.matchAll(/(?<![\p{L}\d./-])\d+(?![\p{L}\d./:-])/gu)];
    if (numbers.length === 0) return text;
    const found = pick(numbers);
    const other = pick([Number(found[0]) + 1, Number(found[0]) * 10, Number(found[0]) + 7, -Number(found[0]) - 0.5].map(String));
    return `${text.slice(0, found.index)}${other}${text.slice(found.index + found[0].length)}`;
  },
  "numbers exchanged": (text) =>
    text.replace(/(?<![\p{L}.])(\d+)(?=[^\d.:-])(.*?)(?<![\p{L}\d.:-])(\d+)(?![\d.:-])/u, (all, x, between, y) =>
      x === y ? all : `${y}${between}${x}`,
    ),
  unit: (text, pick) => swapOne(text, units, pick),
  negation: (text, pick) =>
    pick<(one: string) => string>([
      (one) => one.replace(/ (are|is|was|were|must) /, " $1 not "),
      (one) => one.replace(/ (are|is|was|were|must) /, " $1 never "),
      (one) => one.replace(/ (are|is|was|were) /, " $1n't "),
      (one) => one.replace(/ never /, " "),
      (one) => one.replace(/^(?:The |Every )?/, "No "),
      (one) => one.replace(/ without /, " "),
      (one) => one.replace(/ (bring|brings|keep|pays|runs|signs|reviews|arrive|covers|accepts|earns|hold|get|got) /, " fails to $1 "),
    ])(text),
  identifier: (text, pick) => swapOne(text, identifiers, pick),
  antonym: (text, pick) => swapOne(text, antonyms, pick),
  date: (text, pick) =>
    text
      .replace(/2026-(\d\d)-(\d\d)/, (_, month, day) =>
        pick([`2026-${day}-${month}`, `2025-${month}-${day}`, `2026-${month}-${Number(day) + 1}`, `${Number(day) + 2} October 2026`]),
      )
      .replace(new RegExp(`(${weekdays.join("|")})`), (day) => pick(weekdays.filter((one) => one !== day)))
      .replace(new RegExp(`\\b(${monthNames.join("|")})\\b`), (month) => pick(monthNames.filter((one) => one !== month)))
      .replace(/\b9:00\b/, () => pick(["19:00", "9:30", "90:0"]))
      .replace(/\b22:00\b/, "2:00"),
  name: (text, pick) => swapOne(text, names, pick),
  "names exchanged": (text) =>
    text
      .replace(/Kraken (.*) Coinbase/, "Coinbase $1 Kraken")
      .replace(/The label (.*) Tidewater/, "Tidewater $1 the label")
      .replace(/Lisbon office (.*) Dublin/, "Dublin office $1 Lisbon")
      .replace(/Petra and (.*) the client/, "the client and $1 Petra")
      .replace(/^Singles (.*) albums/, "Albums $1 singles")
      .replace(/YAML and rejects tabs/, "tabs and rejects YAML")
      .replace(/before vocals and after drums/, "before drums and after vocals")
      .replace(/results before duties/, "duties before results")
      .replace(/the artist (.*) the mastering engineer/, "the mastering engineer $1 the artist")
      .replace(/^Merchandise earns more than tickets/, "Tickets earn more than merchandise")
      .replace(/minimum guarantee and a maximum term/, "maximum guarantee and a minimum term")
      .replace(/(sent) on Monday (.*) on Friday/, "$1 on Friday $2 on Monday")
      .replace(/^Anna signs every licence for the back catalogue/, "The back catalogue signs every licence for Anna"),
  scope: (text, pick) =>
    pick([`${text} ${pick(scopes)}`, text.replace(/ (are|is|was|were|must) /, (_, verb) => ` ${verb} ${pick(quantifiers)} `)]),
  quantity: (text, pick) =>
    pick<(one: string) => string>([
      (one) =>
        one.replace(
          /^(?:The |Every )?(\p{L}+)/u,
          (_, word) => `${pick(["Some", "Few", "Most", "Half of the", "All but one of the"])} ${lowerFirst(word)}`,
        ),
      (one) =>
        one.replace(
          /(?<![\p{L}\d.-])(\d+)(?= \p{L})/u,
          (_, number) => `${pick(["at least", "at most", "about", "up to", "more than", "almost"])} ${number}`,
        ),
      (one) => one.replace(/\b(every|all)\b/, "some"),
    ])(text),
  tense: (text) => text.replace(/ (is|are) /, (_, verb) => (verb === "is" ? " was " : " were ")).replace(/ (must) /, " may "),
  preposition: (text, pick) =>
    swapOne(text, pairsOf("by=for|from=to|into=from|at=outside|within=after|between=except|until=from|by=without|to=against"), pick),
  comparison: (text, pick) =>
    swapOne(text, pairsOf("more than=as much as|later than=as late as|more often than=as often as|than=and"), pick),
};
