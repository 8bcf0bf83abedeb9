import type { Domain } from "../../contract/config.ts";
import type { Artifact, Candidate } from "../../contract/knowledge.ts";
import { assessStatement, authorityOf, citeArtifact, sourceOf } from "../../core/knowledge/assess-candidate.ts";
import { checkCitation } from "../../core/knowledge/check-citation.ts";
import { indexPath, type WikiFiles } from "../../core/knowledge/check-page.ts";
import { nameCandidate } from "../../core/knowledge/name-candidate.ts";
import { openHeard } from "../../core/knowledge/open-heard.ts";
import { openSources } from "../../core/knowledge/open-sources.ts";
import type { Claim, Page } from "../../core/knowledge/parse-page.ts";
import { isSameFinding, lowerBy, type Proposal } from "../../core/knowledge/read-distilled.ts";
import { readStatements } from "../../core/knowledge/read-statements.ts";
import { type Contender, findSpent, type StandingClaim, settleRivals, type Weight } from "../../core/knowledge/settle-rivals.ts";
import type { Sources } from "../../core/knowledge/sources.ts";
import type { World } from "../../port/world.ts";

export interface Judged {
  /** Of what is new. */
  readonly found: readonly Candidate[];
  /** Of those that supersede what is written with them: the turn in which they are written, after the first. */
  readonly turns: ReadonlyMap<string, number>;
  /** Candidates that were put before and are another now: held ones that are written, written ones that are held. */
  readonly changed: readonly Candidate[];
  /** Statements (artifact and line) that say again what the wiki told their speaker: no evidence (K2). */
  readonly recalled: readonly string[];
}

interface JudgeArgs {
  readonly domain: Domain;
  readonly fresh: readonly Artifact[];
  readonly known: readonly Artifact[];
  readonly files: WikiFiles;
  /** All that were ever put here. */
  readonly candidates: readonly Candidate[];
  readonly proposals: readonly Proposal[];
}

interface Draft {
  readonly candidate: Candidate;
  readonly contends: boolean;
  readonly supersedes?: string;
}

/**
 * What follows from what is new, and for what waits. Each statement is assessed by itself; then all that would be written are
 * settled among one another and with what stands, so that the order in which they came says nothing (K5).
 */
export async function judgeArtifacts(world: World, args: JudgeArgs): Promise<Judged> {
  const { drafts, recalled } = await assessAll(world, args);
  const byRule = lowerByModel(drafts, args.proposals);
  const weights = new Map([...args.known, ...args.fresh].map((artifact) => [artifact.id, weighArtifact(artifact)]));
  const contenders = contendersOf(byRule, weights);
  const rivals = contenders.length === 0 ? [] : [...contenders, ...(await findHeld(world, args, weights))];
  const written = rivals.length === 0 ? [] : listWritten(args, weights);
  const standing = rivals.length === 0 ? [] : listStanding(args, written);
  const settled = settleRivals(rivals, standing, findSpent(standing, written));
  const now = new Map(settled.candidates.map((candidate) => [candidate.id, candidate]));
  const found = byRule.map(({ candidate }) => now.get(candidate.id) ?? candidate);
  const own = await assessProposals(world, args, found);
  const fresh = new Set(found.map(({ id }) => id));
  const changed = settled.candidates.filter(({ id }) => !fresh.has(id));
  return { found: [...found, ...own], changed: changed.filter((one) => !isAsBefore(one, args.candidates)), turns: settled.turns, recalled };
}

async function assessAll(world: World, args: JudgeArgs): Promise<{ drafts: Draft[]; recalled: string[] }> {
  const { domain, fresh, known, files } = args;
  const sources = withFresh(openSources({ domain, git: world.git, store: world.store }), fresh);
  const hear = await openHeard(world.store, domain.name);
  const drafts: Draft[] = [];
  const recalled: string[] = [];
  const hasRuns = fresh.some(({ kind }) => kind === "transcript");
  const ticketOfRun = hasRuns ? await readTicketsOfRuns(world, domain) : new Map<string, string>();
  for (const artifact of fresh) {
    world.signal.throwIfAborted();
    const read = claimsReadBefore(artifact, [...known, ...fresh], ticketOfRun);
    const judgeHeard = await hear(artifact);
    for (const statement of readStatements(artifact)) {
      if (read.has(statement.claim)) continue;
      const recall = judgeHeard(statement, statement.claim);
      if (recall === "recalled") {
        recalled.push(`${artifact.id}#${statement.line}`);
        continue;
      }
      const assessed = await assessStatement({ artifact, statement, files, sources });
      if (!assessed) continue;
      const { supersedes } = statement;
      const named = supersedes === undefined ? {} : { supersedes };
      if (recall === "repeats") drafts.push({ candidate: doubtRepeated(assessed.candidate), contends: false });
      else drafts.push({ ...assessed, ...named });
    }
  }
  return { drafts, recalled };
}

/** What is about to be kept is looked up as if it were: it is kept with the candidates or not at all. */
function withFresh(sources: Sources, fresh: readonly Artifact[]): Sources {
  const texts = new Map(fresh.map(({ id, text }) => [id, text]));
  return {
    ...sources,
    artifact: async (id) => {
      const text = texts.get(id);
      return text === undefined ? sources.artifact(id) : { kind: "text", text };
    },
  };
}

/** What it was told and more: what is its own, a person says. */
function doubtRepeated(candidate: Candidate): Candidate {
  if (candidate.confidence !== "high") return candidate;
  return { ...candidate, confidence: "medium", route: "review", reason: "it repeats what the wiki had told its speaker, and adds to it" };
}

/**
 * Of an edited or moved note only what is new is read again: the rest was distilled with the artifact before it. Of a transcript, what
 * its ticket's report and the runs before it do not say: one speaker is one source.
 */
function claimsReadBefore(artifact: Artifact, all: readonly Artifact[], ticketOfRun: ReadonlyMap<string, string>): Set<string> {
  const before = all.slice(0, all.indexOf(artifact));
  const related = artifact.kind === "note" ? findSameNote(artifact, before) : findSameWork(artifact, before, ticketOfRun);
  return new Set(related.flatMap((one) => readStatements(one).map((statement) => statement.claim)));
}

function findSameNote(artifact: Artifact, before: readonly Artifact[]): Artifact[] {
  const blob = blobOf(artifact);
  return before.filter((one) => one.kind === "note" && (one.source === artifact.source || blobOf(one) === blob));
}

function findSameWork(artifact: Artifact, before: readonly Artifact[], ticketOfRun: ReadonlyMap<string, string>): Artifact[] {
  const ticket = artifact.kind === "transcript" ? ticketOfRun.get(artifact.source) : undefined;
  if (ticket === undefined) return [];
  return before.filter(({ kind, source }) =>
    kind === "ticket" ? source === ticket : kind === "transcript" && ticketOfRun.get(source) === ticket,
  );
}

/** The ticket of each run in the domain that worked on one. */
async function readTicketsOfRuns(world: World, domain: Domain): Promise<Map<string, string>> {
  const runs = await world.store.read((tx) => tx.agentRuns.list({ domain: domain.name }));
  return new Map(runs.flatMap(({ id, ticket }) => (ticket === undefined ? [] : [[id, ticket]])));
}

function blobOf(note: Artifact): string {
  return note.id.slice(note.id.lastIndexOf("@") + 1);
}

/** Of what a rule found, a model's word can lower the confidence; what it lowered contends with nobody. */
function lowerByModel(drafts: readonly Draft[], proposals: readonly Proposal[]): Draft[] {
  return drafts.map((draft) => {
    const candidate = proposals
      .filter((proposal) => isSameFinding(draft.candidate, proposal))
      .reduce((one, proposal) => lowerBy(one, proposal, "high"), draft.candidate);
    return { ...draft, candidate, contends: draft.contends && candidate.confidence === "high" };
  });
}

async function assessProposals(world: World, args: JudgeArgs, found: readonly Candidate[]): Promise<Candidate[]> {
  const { domain, fresh, files } = args;
  const sources = withFresh(openSources({ domain, git: world.git, store: world.store }), fresh);
  const hear = await openHeard(world.store, domain.name);
  const own: Candidate[] = [];
  for (const proposal of args.proposals) {
    if ([...found, ...own].some((candidate) => isSameFinding(candidate, proposal))) continue;
    const { artifact, statement } = proposal;
    const judgeHeard = await hear(artifact);
    if ([statement.claim, statement.quote ?? ""].some((words) => judgeHeard(statement, words) !== "own")) continue;
    const assessed = await assessStatement({ artifact, statement, files, sources });
    if (!assessed) continue;
    const id = nameCandidate({ id: `${artifact.id}~${statement.claim}`, domain: artifact.domain }, statement.line);
    if (!own.some((candidate) => candidate.id === id)) own.push(lowerBy({ ...assessed.candidate, id }, proposal, "medium"));
  }
  return own;
}

function contendersOf(drafts: readonly Draft[], weights: ReadonlyMap<string, Weight>): Contender[] {
  return drafts.flatMap(({ candidate, contends, supersedes }) => {
    const weight = weights.get(candidate.source.artifact);
    return contends && weight ? [{ candidate, weight, ...(supersedes === undefined ? {} : { supersedes }) }] : [];
  });
}

/** What waits because of what it contradicts alone, and whose source still says it. */
async function findHeld(
  world: World,
  { candidates, known, domain }: JudgeArgs,
  weights: ReadonlyMap<string, Weight>,
): Promise<Contender[]> {
  const sources = openSources({ domain, git: world.git, store: world.store });
  const held: Contender[] = [];
  for (const candidate of candidates.filter((one) => one.held === true && one.status === "open")) {
    const { artifact: id, line, quote } = candidate.source;
    const artifact = known.find((one) => one.id === id);
    const weight = weights.get(id);
    if (artifact === undefined || weight === undefined) continue;
    if ((await checkCitation(citeArtifact(artifact, line, quote), sources)).kind !== "ok") continue;
    held.push({ candidate, weight, ...supersededBy(artifact, line) });
  }
  return held;
}

/** All that was ever written by rule. */
function listWritten({ candidates, known }: JudgeArgs, weights: ReadonlyMap<string, Weight>): Contender[] {
  const artifacts = new Map(known.map((artifact) => [artifact.id, artifact]));
  return candidates.flatMap((candidate): Contender[] => {
    const { status, source } = candidate;
    const artifact = artifacts.get(source.artifact);
    const weight = weights.get(source.artifact);
    if (status !== "written" || !artifact || !weight) return [];
    return [{ candidate, weight, written: true, ...supersededBy(artifact, source.line) }];
  });
}

/** What the statement in that line says it supersedes. */
function supersededBy(artifact: Artifact, line: number): Pick<Contender, "supersedes"> {
  if (!/supersedes/i.test(artifact.text)) return {};
  const words = readStatements(artifact).find((one) => one.line === line)?.supersedes;
  return words === undefined ? {} : { supersedes: words };
}

/** Claims of the pages, and those whose ticket is on its way. */
function listStanding({ files, candidates, known }: JudgeArgs, written: readonly Contender[]): StandingClaim[] {
  const artifacts = new Map(known.map((artifact) => [artifact.id, artifact]));
  const bySource = new Map<string, Contender>();
  for (const one of written) {
    const { artifact: id, line, quote } = one.candidate.source;
    const artifact = artifacts.get(id);
    if (artifact) bySource.set(sourceOf(citeArtifact(artifact, line, quote)), one);
  }
  const pages = [...files.pages].filter(([path]) => path !== indexPath);
  const onPages = pages.flatMap(([path, page]) =>
    page.claims
      .filter(({ superseded }) => !superseded)
      .map((claim): StandingClaim => {
        const members = findMembers(page, claim, bySource);
        return { claim: claim.text, page: path, line: claim.line, ...(members === undefined ? {} : { members }) };
      }),
  );
  const said = new Set(onPages.map(({ claim }) => claim));
  const onTheirWay = candidates.filter(({ status, claim }) => status === "ticketed" && !said.has(claim));
  return [...onPages, ...onTheirWay.map(({ claim, target }) => ({ claim, page: target }))];
}

/** Only of a claim that distillation alone wrote: each of its sources is an artifact that was distilled. */
function findMembers(page: Page, claim: Claim, bySource: ReadonlyMap<string, Contender>): Contender[] | undefined {
  const members = claim.footnotes.map((id) => {
    const citation = page.footnotes.find((note) => note.id === id)?.citation;
    return citation && bySource.get(sourceOf(citation));
  });
  const known = members.filter((member) => member !== undefined);
  return known.length === 0 || known.length < members.length ? undefined : known;
}

/** What landed counts since it landed, whenever it was kept. */
function weighArtifact(artifact: Artifact): Weight {
  return { authority: authorityOf(artifact), at: artifact.since ?? artifact.at, artifact: artifact.id };
}

function isAsBefore(candidate: Candidate, all: readonly Candidate[]): boolean {
  const plain = (one: object) => JSON.stringify(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const old = all.find(({ id }) => id === candidate.id);
  return old !== undefined && plain(old) === plain(candidate);
}
