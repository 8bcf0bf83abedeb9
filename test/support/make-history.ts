import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Receipt } from "../../src/contract/run.ts";
import { runGitIn } from "./make-repository.ts";
import type { WikiWorld } from "./make-wiki-world.ts";

export interface ExpectedTrailer {
  readonly kind: "decision" | "learned" | "changed";
  readonly claim: string;
  readonly supersedes?: string;
}

/**
 * Makes a real history in a domain's home: landings of commits by hand, with a receipt each, whose messages hold typed trailers
 * in every legal shape, among text that only looks like one. Gives what may be extracted, in order; nothing else may.
 *
 * @param day  of the landings, as the claims of `Changed:` begin
 */
export async function makeHistory(
  wiki: WikiWorld,
  args: { domain: string; random: () => number; commits: number; day: string },
): Promise<ExpectedTrailer[]> {
  const { random, day } = args;
  const home = join(wiki.root, args.domain);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const expected: ExpectedTrailer[] = [];
  let base = runGitIn(home, "rev-parse", "HEAD").trim();
  for (let at = 0; at < args.commits; at += 1) {
    const made = makeMessage({ pick, random, at, day });
    writeFileSync(join(home, `file-${at % 7}.txt`), `${at}\n`);
    runGitIn(home, "add", "-A");
    runGitIn(home, "commit", "-q", "--cleanup=verbatim", "-m", made.message);
    expected.push(...made.expected);
    if (random() < 0.5 && at < args.commits - 1) continue;
    const commit = runGitIn(home, "rev-parse", "HEAD").trim();
    await putReceipt(wiki, { domain: args.domain, base, commit, day });
    base = commit;
  }
  return expected;
}

async function putReceipt(wiki: WikiWorld, args: { domain: string; base: string; commit: string; day: string }): Promise<void> {
  const receipt: Receipt = {
    ...{ id: args.commit, lane: args.domain, tickets: ["MUS-900"], base: args.base, tree: args.commit, commit: args.commit, heads: {} },
    ...{
      gateHash: "0",
      logHead: "0",
      verdicts: [],
      checks: [],
      doctor: { grade: "A", passed: 19, total: 19 },
      landedAt: `${args.day}T08:00:00.000Z`,
    },
  };
  await wiki.world.store.write((tx) => tx.receipts.put(receipt));
}

type Made = { message: string; expected: ExpectedTrailer[] };

function makeMessage({
  pick,
  random,
  at,
  day,
}: {
  pick: <T>(all: readonly T[]) => T;
  random: () => number;
  at: number;
  day: string;
}): Made {
  const fact = () => `${pick(things)} ${pick(verbs)} ${pick(places)} after ${2 + Math.floor(random() * 90)} days, case ${at}`;
  const kind = pick(["docs", "fix", "chore", "test"]);
  const subject = pick([
    `${kind}: ${pick(things)} in order`,
    `${kind}(wiki): words`,
    `Mend ${pick(things)}`,
    "Decision: this is a subject and no trailer",
  ]);
  const bodies = pick([[], ["Why it was done."], [pick(lookAlikes)(fact())], [pick(lookAlikes)(fact()), "And more."]]);
  if (random() < 0.45) {
    const last = pick(lookAlikesAtEnd)(fact());
    return { message: [subject, ...bodies, last].join("\n\n"), expected: [] };
  }
  const trailers: string[] = [];
  const expected: ExpectedTrailer[] = [];
  const count = 1 + Math.floor(random() * 3);
  for (let one = 0; one < count; one += 1) {
    const claim = `${fact()} no ${one}`;
    const label = pick(["Decision", "Learned", "Changed"] as const);
    const told = label === "Changed" ? `${day}: ${claim}` : claim;
    trailers.push(
      `${label}: ${pick<(text: string) => string>([(text) => text, (text) => fold(text, " "), (text) => fold(text, "\t"), (text) => fold(text, "      ")])(claim)}`,
    );
    const old = random() < 0.25 && label !== "Changed" ? fact() : undefined;
    if (old !== undefined) trailers.push(`Supersedes: ${old}`);
    expected.push({ kind: label.toLowerCase() as ExpectedTrailer["kind"], claim: told, ...(old === undefined ? {} : { supersedes: old }) });
    if (random() < 0.3)
      trailers.push(
        pick([
          "Signed-off-by: A B <a@b.example>",
          "Reviewed-by: someone",
          "Refs: #12",
          "decision: in the wrong case",
          "LEARNED: shouted",
          "Learnt: another word",
        ]),
      );
  }
  return { message: [subject, ...bodies, trailers.join(pick(["\n", "\n", "\r\n"]))].join("\n\n") + pick(["", "\n", "\n\n"]), expected };
}

const fold = (text: string, indent: string) => text.replace(/ (after)/, `\n${indent}$1`);

const things = "vinyl|the pressing plant|a tour poster|the mailing list|an exporter|the night desk|a cover letter".split("|");
const verbs = "needs|loses|waits for|brings|costs|repeats|outlives".split("|");
const places = "Leipzig|a second proof|the Friday meeting|three quotes|probe-7|src/index.ts|no discount".split("|");

/** In the middle of a message: no trailers, whatever they look like. */
const lookAlikes: readonly ((fact: string) => string)[] = [
  (fact) => `Learned: ${fact}`,
  (fact) => `> Decision: ${fact}`,
  (fact) => `\`\`\`\nLearned: ${fact}\n\`\`\``,
  (fact) => `    Learned: ${fact}`,
  (fact) => `@@ -1 +1 @@\n-Learned: old\n+Learned: ${fact}`,
  (fact) => `As in "Decision: ${fact}".`,
];

/** At its end. */
const lookAlikesAtEnd: readonly ((fact: string) => string)[] = [
  ...lookAlikes.slice(1),
  (fact) => `It was said:\nLearned: ${fact}`,
  (fact) => `decision: ${fact}`,
  (fact) => `LEARNED: ${fact}`,
  (fact) => `learned: ${fact}\nSigned-off-by: A B <a@b.example>`,
  (fact) => `* Learned: ${fact}`,
  (fact) => `- Decision: ${fact}`,
  (fact) => `Refs: #3\n  Learned: ${fact}`,
  (fact) => `Refs: #3\n\tDecision: ${fact}`,
  (fact) => `Learned : ${fact}`,
  (fact) => `Learned - ${fact}`,
  (fact) => `Learned:\n\nnothing of ${fact}`,
  (fact) => `~~~\nLearned: ${fact}\n~~~\nSigned-off-by: A B <a@b.example>`,
  (fact) => `+Learned: ${fact}\nSigned-off-by: A B <a@b.example>`,
  (fact) => `Ticket: MUS-1\nLearned: what a ticket tells itself: ${fact}`,
  (fact) => `X-Learned: ${fact}`,
  (fact) => `**Learned:** ${fact}`,
];
