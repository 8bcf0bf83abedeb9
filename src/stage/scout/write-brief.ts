import { Brief, type DecisionCandidate, type Fact, type Finding, type Judgement } from "../../contract/brief.ts";
import type { Domain } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import { computeFreshUntil } from "../../core/brief/compute-fresh-until.ts";
import { rankByPriorities, weighText } from "../../core/brief/rank-by-priorities.ts";
import { type Priority, readPriorities } from "../../core/brief/read-priorities.ts";
import type { RuleFindings } from "../../core/brief/write-scout-input.ts";
import { type CycleReport, refuseCycles } from "../../core/decision/refuse-cycles.ts";
import { decideDomain } from "../../core/playbook/decide-domain.ts";
import type { World } from "../../port/world.ts";
import { detectDomainFindings } from "./detect-findings.ts";
import { type GatheredInputs, scoutVersion } from "./gather-inputs.ts";
import { judgeDomain } from "./judge-domain.ts";
import { makeProver, type ProveEvidence, type ReadLines } from "./prove-evidence.ts";
import { readChanges } from "./read-changes.ts";
import { readChecks } from "./read-checks.ts";
import { readThreads } from "./read-threads.ts";
import { readTickets } from "./read-tickets.ts";
import { readUncommitted } from "./read-uncommitted.ts";
import { readWiki } from "./read-wiki.ts";

/** What playbooks do for a scout. Both only read. */
export interface ScoutTools {
  /** Every playbook's `detect`, in the tool box, on the trees of these heads. */
  readonly detectFindings: (world: World, args: { domain: Domain; heads: Readonly<Record<string, string>> }) => Promise<readonly Finding[]>;
  readonly decideFromFindings: (args: {
    domain: Domain;
    findings: readonly Finding[];
    playbooks: World["playbooks"];
  }) => readonly DecisionCandidate[];
}

export const playbookTools: ScoutTools = { detectFindings: detectDomainFindings, decideFromFindings: decideDomain };

/**
 * Facts and questions of one domain, with evidence that was looked up (S4), ranked by DOMAIN.md (S5): what rules find, and what a
 * model adds where one plays the scout (S21). Writes nothing.
 *
 * @param sameJudge  whether who judges, and how, is as it was for the brief before
 */
export async function writeBrief(
  world: World,
  args: {
    domain: Domain;
    session: string;
    inputs: GatheredInputs;
    previous: Brief | undefined;
    tools: ScoutTools;
    sameJudge: boolean;
    again: boolean;
  },
): Promise<Brief> {
  const at = world.clock.now();
  const { domain, inputs } = args;
  await assertRepositories(world, domain, inputs.heads);
  const gathered = await gatherFacts(world, args);
  const { heads, fingerprint } = inputs;
  const judged = await judgeDomain(world, { ...args, fingerprint, found: { ...gathered, heads } });
  const { facts, decisions } = joinJudged(gathered, judged);
  const holds = gathered.complete ? computeFreshUntil({ at, now: at, ...boundFreshness(domain, gathered.moments, judged) }) : at;
  return Brief.parse({
    id: `${args.session}/${domain.name}${args.previous?.session === args.session ? `/${at}` : ""}`,
    session: args.session,
    domain: domain.name,
    at,
    scout: judged === undefined ? scoutVersion : `${scoutVersion} with ${judged.judgement.runtime}`,
    fingerprint,
    freshUntil: holds,
    heads,
    facts,
    decisions,
    ...(judged === undefined ? {} : { judgement: judged.judgement }),
  } satisfies Brief);
}

/** What rules found with what a model said, ranked as one. Questions whose tickets would wait for themselves are set aside. */
export function joinJudged(found: RuleFindings, judged: RuleFindings | undefined): { facts: Fact[]; decisions: DecisionCandidate[] } {
  const { sound, refused } = refuseCycles([...found.decisions, ...(judged?.decisions ?? [])]);
  return {
    facts: sortFacts([...found.facts, ...(judged?.facts ?? []), ...refused.map(sayRefused)]),
    decisions: sound.toSorted((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1)),
  };
}

/** How long a brief holds: a provider that named a time is asked again then. */
export function boundFreshness(
  domain: Domain,
  moments: readonly string[],
  judged: { judgement: Judgement } | undefined,
): { maxAgeHours: number; moments: readonly string[] } {
  const retries = judged?.judgement.trees.flatMap(({ retryAt }) => retryAt ?? []) ?? [];
  return { maxAgeHours: domain.rhythm.maxAgeHours, moments: [...moments, ...retries] };
}

interface Gathered {
  readonly facts: Fact[];
  readonly decisions: DecisionCandidate[];
  readonly moments: readonly string[];
  /** Whether the playbooks could look. */
  readonly complete: boolean;
  readonly priorities: readonly Priority[];
  /** DOMAIN.md. */
  readonly guide: string | undefined;
  readonly readLines: ReadLines;
}

/** Everything a model-free scout sees, ranked. */
export async function gatherFacts(
  world: World,
  args: { domain: Domain; inputs: Pick<GatheredInputs, "heads">; previous: Brief | undefined; tools: ScoutTools },
): Promise<Gathered> {
  const { domain, previous, tools } = args;
  const { heads } = args.inputs;
  const { readLines, prove } = makeProver(world, domain);
  const home = heads.home;
  const looking = detectIfPossible(world, { domain, heads, tools });
  const [{ findings, unseen }, changes, threads, wiki, uncommitted, stored] = await Promise.all([
    looking,
    Promise.all(domain.repos.map((repo) => readChanges(world, { repo, head: heads[repo.name], since: previous?.heads[repo.name], prove }))),
    home === undefined ? { facts: [], decisions: [], moments: [] } : readThreads(world, { domain, head: home, readLines }),
    home === undefined ? [] : readWiki(world, { domain, head: home, readLines }),
    readUncommitted(world, domain),
    world.store.read(async (tx) => ({
      checks: await readChecks(tx, { domain, heads }),
      tickets: readTickets(await tx.tickets.list({ domain: domain.name })),
    })),
  ]).catch(async (error: unknown) => {
    // Nobody waits for a look that goes on after its brief has failed: the store may be closed under it.
    await looking.catch(() => undefined);
    throw error;
  });
  const proven = await Promise.all(findings.map(async (finding) => ({ ...finding, evidence: await prove(finding.evidence) })));
  const guide = home === undefined ? undefined : await readLines({ repo: "home", commit: home, path: "DOMAIN.md" });
  const priorities = readPriorities((guide ?? []).join("\n"));
  const handled = new Set(proven.flatMap((finding) => [finding.subject, ...Object.values(finding.values).flat()]));
  const questions = threads.decisions.filter((question) => !question.evidence.some((item) => handled.has(item.path)));
  const fromFindings = tools.decideFromFindings({ domain, findings: proven, playbooks: world.playbooks });
  const { sound, refused } = refuseCycles([...fromFindings, ...questions]);
  const facts = [
    ...changes.flat(),
    ...threads.facts,
    ...stored.checks,
    ...proven.map((finding): Fact => ({ kind: "finding", text: finding.text, evidence: finding.evidence, score: 10 })),
    ...stored.tickets,
    ...wiki,
    ...uncommitted,
    ...unseen,
    ...refused.map(sayRefused),
  ];
  return {
    facts: rankFacts(facts, priorities),
    decisions: rankByPriorities(await proveDecisions(sound, prove), priorities),
    moments: threads.moments,
    complete: unseen.length === 0,
    priorities,
    guide: guide?.join("\n"),
    readLines,
  };
}

function sayRefused({ candidate, cycle }: CycleReport["refused"][number]): Fact {
  const text = `${candidate.key} is not asked: its tickets would wait for each other (${cycle.join(" → ")})`;
  return {
    kind: "risk",
    text: text.slice(0, 1000),
    evidence: [],
    score: 20,
    ...(candidate.judged ? { judged: { repo: candidate.judged.repo } } : {}),
  };
}

/**
 * Playbooks look inside the tool box. Where they cannot (no sandbox, a `setup` that fails), the brief says so, holds no
 * longer than its own making, and is taken again at the next start.
 */
async function detectIfPossible(
  world: World,
  args: { domain: Domain; heads: Readonly<Record<string, string>>; tools: ScoutTools },
): Promise<{ findings: readonly Finding[]; unseen: readonly Fact[] }> {
  const { domain, heads, tools } = args;
  try {
    return { findings: await tools.detectFindings(world, { domain, heads }), unseen: [] };
  } catch (error) {
    if (world.signal.aborted || !(error instanceof MosError)) throw error;
    const text = `No playbook could look here: ${error.message} ${error.hint}`.replace(/\s+/g, " ").slice(0, 1000);
    world.report({ stage: "scout", domain: domain.name, state: "failed", text: `${domain.name}: ${text}` });
    return { findings: [], unseen: [{ kind: "risk", text, evidence: [], score: 40 }] };
  }
}

function rankFacts(facts: readonly Fact[], priorities: readonly Priority[]): Fact[] {
  return sortFacts(facts.map((fact) => ({ ...fact, score: fact.score + weighText(fact.text, priorities) })));
}

function sortFacts(facts: readonly Fact[]): Fact[] {
  return facts.toSorted((a, b) => b.score - a.score || (a.text < b.text ? -1 : 1));
}

async function proveDecisions(candidates: readonly DecisionCandidate[], prove: ProveEvidence): Promise<DecisionCandidate[]> {
  return await Promise.all(candidates.map(async (candidate) => ({ ...candidate, evidence: await prove(candidate.evidence) })));
}

async function assertRepositories(world: World, domain: Domain, heads: Readonly<Record<string, string>>): Promise<void> {
  for (const repo of domain.repos) {
    if (heads[repo.name] !== undefined || (await world.git.isRepository(repo.path))) continue;
    throw new MosError({
      code: "not-a-repository",
      message: `${domain.name}: ${repo.path} is not a git repository`,
      hint: `Put it back, or correct its path in mos.yaml.`,
    });
  }
}
