import { createRandom } from "./kill-mos.ts";

/** What becomes of it is known beforehand: `alone` fails by itself; the two of a `pair` are green each and red together. */
export type LoadKind = "good" | "alone" | "pair";

export interface LoadTicket {
  readonly key: string;
  readonly domain: string;
  readonly kind: LoadKind;
  /** Which pair it belongs to. */
  readonly pair?: number;
  /** Another good one of its domain that lands before it. */
  readonly after?: string;
  /** A file that is there once it has landed, and not before. */
  readonly leaves?: string;
  readonly draft: { readonly title: string; readonly touches: readonly string[]; readonly run: readonly string[] } & Record<
    string,
    unknown
  >;
}

export interface Load {
  readonly domains: readonly string[];
  /** In the order in which they come. */
  readonly tickets: readonly LoadTicket[];
}

const names = ["music", "jobs", "artist", "agency", "trading", "tooling", "incubator", "label"];
/** Of 256 bytes that chance may give, those that fail the suite: 3.1 % of its runs, whatever it tests. Twice in a row 0.1 %. */
export const flukes = 8;

const suite = `set -u
for lib in lib/*.sh; do . "./$lib"; done
for one in t/*.t; do
  ( . "./$one" ) || { echo "$one is red"; exit 1; }
done
twice=$(sort CHANGES.txt | uniq -d)
[ -z "$twice" ] || { echo "landed twice: $twice"; exit 1; }
`;

/** The repository of each domain before anything landed: a suite that sources every library and runs every test of the tree. */
export function writeBaseFiles(load: Load): Record<string, string> {
  const pairs = new Set(load.tickets.flatMap(({ pair }) => (pair === undefined ? [] : [pair])));
  const shared = [...pairs].map((pair) => [`lib/shared-${pair}.sh`, sharedFile(pair, "old")]);
  return {
    Makefile: "test:\n\tsh check.sh && sh fluke.sh\nlint:\n\t! grep -rnE ' +$$' lib t\n",
    "check.sh": suite,
    "fluke.sh": `[ "$(od -An -N1 -tu1 /dev/urandom | tr -d ' ')" -ge ${flukes} ] || { echo "a fluke"; exit 1; }\n`,
    "lib/base.sh": "base() { echo base; }\n",
    "t/base.t": '[ "$(base)" = base ]\n',
    "CHANGES.txt": "The beginning.\n",
    ...Object.fromEntries(shared),
  };
}

/** Half of the pairs rename what the other uses, half change a value that the other relies on. */
function sharedFile(pair: number, state: "old" | "new"): string {
  return pair % 2 === 0 ? `${state}_${pair}() { echo ${pair}; }\n` : `limit_${pair}=${state === "old" ? 10 : 20}\n`;
}

function usesShared(pair: number): string {
  return pair % 2 === 0 ? `[ "$(old_${pair})" = ${pair} ]` : `[ "$limit_${pair}" -eq 10 ]`;
}

/** 5 % that fail alone, 3 % semantic conflicts (in pairs, each of one repository), the rest good; the same for the same seed. */
export function drawLoad(args: { seed: number; tickets: number; repos: number }): Load {
  const random = createRandom(args.seed);
  const domains = names.slice(0, args.repos);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const alone = Math.max(1, Math.round(args.tickets * 0.05));
  const pairs = Math.max(1, Math.round(args.tickets * 0.03));
  const drawn: LoadTicket[] = [];
  for (let n = 0; n < alone; n += 1) drawn.push(makeAlone(n, pick(domains)));
  for (let n = 0; n < pairs; n += 1) drawn.push(...makePair(n, pick(domains)));
  for (let n = drawn.length; n < args.tickets; n += 1) {
    const more = { appends: random() < 0.3, urgent: random() < 0.05 };
    drawn.push(makeGood(n, pick(domains), more));
  }
  const order = drawn.map((ticket) => ({ ticket, at: random() })).sort((a, b) => a.at - b.at);
  const tickets = order.map(({ ticket }) => ticket);
  return { domains, tickets: tickets.map((ticket, at) => (random() < 0.08 ? chain(ticket, tickets.slice(0, at)) : ticket)) };
}

/** The semantic conflicts, both sides of each. */
export function listPairs({ tickets }: Load): (readonly [LoadTicket, LoadTicket])[] {
  const changes = tickets.filter(({ kind, leaves }) => kind === "pair" && leaves === undefined);
  return changes.map((one) => [one, tickets.find((other) => other !== one && other.pair === one.pair) as LoadTicket]);
}

function chain(ticket: LoadTicket, before: readonly LoadTicket[]): LoadTicket {
  const last = before.findLast((one) => one.kind === "good" && one.domain === ticket.domain);
  return ticket.kind !== "good" || !last ? ticket : { ...ticket, after: last.key };
}

function makeGood(n: number, domain: string, { appends, urgent }: { appends: boolean; urgent: boolean }): LoadTicket {
  const [lib, test] = [`lib/f${n}.sh`, `t/f${n}.t`];
  const write = [`echo 'f${n}() { echo ${n}; }' > ${lib}`, `echo '[ "$(f${n})" = ${n} ]' > ${test}`];
  const changes = appends ? ["CHANGES.txt"] : [];
  return {
    ...{ key: `good-${n}`, domain, kind: "good", leaves: lib },
    draft: {
      title: `Add f${n}`,
      touches: [lib, test, ...changes],
      ...(appends ? { appends: changes } : {}),
      ...(urgent ? { priority: 100 } : {}),
      run: [...write, ...(appends ? [`echo 'f${n} was added.' >> CHANGES.txt`] : [])],
      accept: [`test -s ${lib}`],
    },
  };
}

function makeAlone(n: number, domain: string): LoadTicket {
  const [lib, test] = [`lib/wrong${n}.sh`, `t/wrong${n}.t`];
  return {
    ...{ key: `alone-${n}`, domain, kind: "alone", leaves: lib },
    draft: {
      title: `Add wrong${n}`,
      touches: [lib, test],
      run: [`echo 'wrong${n}() { echo 1; }' > ${lib}`, `echo '[ "$(wrong${n})" = 2 ]' > ${test}`],
      accept: [`test -s ${lib}`],
    },
  };
}

function makePair(pair: number, domain: string): LoadTicket[] {
  const [shared, uses] = [`lib/shared-${pair}.sh`, `t/uses-${pair}.t`];
  const changed = sharedFile(pair, "new").trim();
  const change = {
    title: `Change shared ${pair}`,
    touches: [shared],
    run: [`echo '${changed}' > ${shared}`],
    accept: [`test -s ${shared}`],
  };
  const use = { title: `Use shared ${pair}`, touches: [uses], run: [`echo '${usesShared(pair)}' > ${uses}`], accept: [`test -s ${uses}`] };
  return [
    { key: `pair-${pair}-change`, domain, kind: "pair", pair, draft: change },
    { key: `pair-${pair}-use`, domain, kind: "pair", pair, leaves: uses, draft: use },
  ];
}
