import { approveCandidate } from "../../app/approve-candidate.ts";
import { rejectCandidate } from "../../app/reject-candidate.ts";
import { releaseCandidate } from "../../app/release-candidate.ts";
import { MosError } from "../../contract/error.ts";
import type { Candidate } from "../../contract/knowledge.ts";
import { markInvisible, normaliseClaim } from "../../core/knowledge/normalise-text.ts";
import type { World } from "../../port/world.ts";
import type { CommandContext } from "./command-context.ts";
import { stripControl } from "./show/strip-control.ts";

export interface Reviewed {
  /** Ids, in the order of the answers. */
  readonly approved: readonly string[];
  readonly released: readonly string[];
  readonly rejected: readonly string[];
  /** How many still wait of those that were shown. */
  readonly left: number;
}

const instead = "mos review approve ID, reject ID or release ID";

/**
 * What waits for the operator's word, one after the other, a key an answer: a approve, r reject, s skip, g release for all
 * domains (not offered where the silo is sealed, or is the cross-domain one), q quit. Each answer is carried out at once; what
 * was said stays when the rest is broken off. One that another terminal settled meanwhile is said and not asked about, one that is
 * refused is said and left.
 */
export async function reviewInTurn(
  { ask, say }: Pick<CommandContext, "ask" | "say">,
  world: World,
  waiting: readonly Candidate[],
): Promise<Reviewed> {
  const done = { approved: [] as string[], released: [] as string[], rejected: [] as string[] };
  let elsewhere = 0;
  for (const [at, candidate] of waiting.entries()) {
    const place = `${at + 1} of ${waiting.length}`;
    if (!(await isWaiting(world, candidate))) {
      say(`${place}: ${candidate.id} was settled meanwhile, elsewhere.`);
      elsewhere += 1;
      continue;
    }
    say(describeCandidate(candidate, place));
    const answer = await ask.key({ question: "Take it over?", instead, keys: keysFor(world, candidate) });
    if (answer === "q") break;
    try {
      if (answer === "a") done.approved.push((await approveCandidate(world, candidate)).candidate.id);
      if (answer === "g") done.released.push((await releaseCandidate(world, candidate)).candidate.id);
      if (answer === "r") done.rejected.push((await rejectCandidate(world, candidate)).id);
    } catch (error) {
      if (!(error instanceof MosError)) throw error;
      if (error.code === "candidate-settled") elsewhere += 1;
      say(stripControl(`${error.message} ${error.hint}`));
    }
  }
  return { ...done, left: waiting.length - elsewhere - done.approved.length - done.released.length - done.rejected.length };
}

async function isWaiting(world: World, { id }: Candidate): Promise<boolean> {
  const now = await world.store.read((tx) => tx.candidates.get(id));
  return now?.status === "open" && now.route === "review";
}

function keysFor({ workspace }: World, { domain: name }: Candidate): { key: string; label: string }[] {
  const domain = workspace.domains.find((one) => one.name === name);
  const mayCross = domain !== undefined && !domain.sealed;
  return [
    { key: "a", label: "approve: the librarian writes it, on your word" },
    { key: "r", label: "reject: it stays out, for good" },
    { key: "s", label: "skip: it waits" },
    ...(mayCross ? [{ key: "g", label: "release for all domains: into the cross-domain wiki" }] : []),
    { key: "q", label: "quit" },
  ];
}

/**
 * Both sides of it, its source's own words where they are others, where it comes from and why it is asked. Foreign words are flat, without
 * control characters, and what is invisible in them is seen.
 */
function describeCandidate({ domain, claim, kind, confidence, reason, target, source, against }: Candidate, place: string): string {
  const line = (text: string) => markInvisible(stripControl(text)).replace(/\s+/gu, " ").trim();
  return [
    "",
    `${domain} · ${place} · ${kind}, ${confidence}`,
    `  says      ${line(claim)}`,
    ...(against === undefined ? [] : [`  standing  ${line(against.claim)} (${line(against.page)}:${against.line})`]),
    ...(normaliseClaim(source.quote) === normaliseClaim(claim) ? [] : [`  words     ${line(source.quote)}`]),
    `  from      ${line(source.artifact)}, line ${source.line}`,
    `  for       ${line(target)}`,
    `  asked     ${line(reason)}`,
  ].join("\n");
}
