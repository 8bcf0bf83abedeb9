import { createHash } from "node:crypto";
import type { Brief, DecisionCandidate, Fact, JudgedTree, Judgement } from "../../contract/brief.ts";
import type { Domain, RepoHandle } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import { rankByPriorities } from "../../core/brief/rank-by-priorities.ts";
import { type ReadJudgement, readJudgement } from "../../core/brief/read-judgement.ts";
import type { Priority } from "../../core/brief/read-priorities.ts";
import { listTold, type RuleFindings } from "../../core/brief/write-scout-input.ts";
import { cleanLine } from "../../core/role/fence.ts";
import type { RoleChoice, RoleResult } from "../../port/roles.ts";
import type { World } from "../../port/world.ts";
import { followEvidence, proveClaims, type ReadLines } from "./prove-evidence.ts";
import { tellScout } from "./tell-scout.ts";

/** What rules found in a domain at these heads, which a model is told and adds to. */
export interface RuleBrief extends RuleFindings {
  readonly heads: Readonly<Record<string, string>>;
  readonly priorities: readonly Priority[];
  readonly guide: string | undefined;
  readonly readLines: ReadLines;
}

/** What a model adds. */
export interface Judged {
  readonly facts: readonly Fact[];
  readonly decisions: readonly DecisionCandidate[];
  readonly judgement: Judgement;
}

/** A provider that is overloaded is asked again after this much at the earliest. */
const retryMsMin = 15 * 60_000;
/** Where one tree's run failed so, the next one's would. */
const ofRuntime = new Set(["not-ready", "budget", "rate-limit", "overload", "cancelled"]);
const nothing = { evidence: 0, facts: 0, decisions: 0 };

/**
 * Asks the model that plays the scout about each tree of a domain: its home's, and that of each attached repository that moved.
 * What it said before stands, and it is not asked, while nothing it would be told is new (S23). It never fails: what could not be
 * had is a fact, and the rules' part stays whole (S24).
 *
 * @param previous  the brief before, with what it was made from
 * @param sameJudge  whether who judges, and how, is as it was then
 * @returns `undefined` where no model plays the scout
 */
export async function judgeDomain(
  world: World,
  args: {
    domain: Domain;
    session: string;
    fingerprint: string;
    found: RuleBrief;
    previous: Brief | undefined;
    sameJudge: boolean;
    again: boolean;
  },
): Promise<Judged | undefined> {
  const { domain, found, previous } = args;
  const choice = world.roles.choose("scout", domain.name);
  if (choice === undefined) return undefined;
  const told = digestTold(found);
  const isSame = !args.again && args.sameJudge && previous?.fingerprint === args.fingerprint && previous.judgement?.told === told;
  const trees: JudgedTree[] = [];
  const kept: Pick<Judged, "facts" | "decisions">[] = [];
  let failed: JudgedTree | undefined;
  for (const repo of domain.repos) {
    const commit = found.heads[repo.name];
    if (commit === undefined) continue;
    const before = previous?.judgement?.trees.find((tree) => tree.repo === repo.name);
    const unmoved = !args.again && args.sameJudge && repo.name !== domain.home.name && before?.commit === commit;
    if (before !== undefined && (isSame || unmoved) && stands(before, { now: world.clock.now(), domain })) {
      trees.push(before);
      kept.push(await carryJudged(previous, repo.name, found));
      continue;
    }
    const asked =
      failed !== undefined && ofRuntime.has(failed.failure ?? "") ? { tree: { ...failed, repo: repo.name, commit } } : undefined;
    const outcome = asked ?? (await judgeTree(world, { ...args, repo, commit, choice }));
    trees.push(outcome.tree);
    if (outcome.tree.state === "failed") failed = outcome.tree;
    if ("read" in outcome) kept.push({ facts: outcome.read.facts, decisions: rankByPriorities(outcome.read.decisions, found.priorities) });
  }
  const { runtime, model } = choice;
  const judgement: Judgement = { runtime, ...(model === undefined ? {} : { model }), told, trees };
  return {
    facts: [...kept.flatMap(({ facts }) => facts), ...sayUnjudged(judgement)],
    decisions: kept.flatMap(({ decisions }) => decisions),
    judgement,
  };
}

/** Digest of what rules found, as far as it would be news to a model. */
export function digestTold(found: RuleFindings): string {
  return createHash("sha256").update(listTold(found)).digest("hex");
}

/** What a model said of one tree, as far as its evidence is there at these heads; ranked as it was. */
export async function carryJudged(
  brief: Pick<Brief, "facts" | "decisions"> | undefined,
  repo: string,
  { readLines, heads }: Pick<RuleBrief, "readLines" | "heads">,
): Promise<Pick<Judged, "facts" | "decisions">> {
  const follow = async <T extends Fact | DecisionCandidate>(items: readonly T[]): Promise<T[]> => {
    const mine = items.filter(({ judged, evidence }) => judged?.repo === repo && evidence.length > 0);
    const followed = await Promise.all(
      mine.map(async (item) => ({ ...item, evidence: await followEvidence(readLines, item.evidence, heads) })),
    );
    return followed.filter(({ evidence }) => evidence.length > 0);
  };
  return { facts: await follow(brief?.facts ?? []), decisions: await follow(brief?.decisions ?? []) };
}

/** A fact for each tree that no model judged, with the reason. */
export function sayUnjudged({ runtime, trees }: Judgement): Fact[] {
  return trees.flatMap(({ repo, state, failure, message }): Fact[] => {
    if (state === "done") return [];
    const where = repo === "home" ? "" : ` of ${repo}`;
    const why = message === undefined || message === "" ? "" : `: ${message}`;
    const text = `Judgement${where} is missing: ${runtime} gave none (${failure ?? "died"})${why}`.slice(0, 1000);
    return [{ kind: "risk", text, evidence: [], score: 25, judged: { repo } }];
  });
}

/** Whether what was had, or not, needs no asking again while nothing is new: a failure holds until its time has come. */
function stands(tree: JudgedTree, { now, domain }: { now: string; domain: Domain }): boolean {
  if (tree.state === "done") return true;
  if (tree.run === undefined) return false;
  const retryMs = tree.retryAt === undefined ? Date.parse(tree.at) + domain.rhythm.maxAgeHours * 3_600_000 : Date.parse(tree.retryAt);
  return Date.parse(now) < retryMs;
}

type Asked = { readonly tree: JudgedTree } | { readonly tree: JudgedTree; readonly read: ReadJudgement };

async function judgeTree(
  world: World,
  args: Parameters<typeof judgeDomain>[1] & { repo: RepoHandle; commit: string; choice: RoleChoice },
): Promise<Asked> {
  const { domain, found, repo, commit } = args;
  const at = world.clock.now();
  const tree = { repo: repo.name, commit, at, dropped: nothing };
  const result = await askOrFail(world, args);
  if (result.kind === "failed") {
    const { failure, message, clears, retryAfterMs, run } = result;
    const text = cleanLine(clears === "" ? message : `${message} (${clears})`, 1000);
    world.report({ stage: "scout", domain: domain.name, state: "failed", text: `${domain.name}: no judgement (${failure}): ${text}` });
    const waits = failure === "rate-limit" || failure === "overload";
    const retryAt = new Date(Date.parse(at) + Math.max(retryMsMin, retryAfterMs ?? 0)).toISOString();
    return {
      tree: {
        ...tree,
        state: "failed",
        ...(run === undefined ? {} : { run: run.id }),
        failure,
        message: text,
        ...(waits ? { retryAt } : {}),
      },
    };
  }
  const read = await readJudgement({
    output: result.output,
    domain: domain.name,
    repo: repo.name,
    runtime: world.roles.choose("executor", domain.name)?.runtime ?? "playbook",
    priorities: found.priorities,
    prove: (claims) => proveClaims(found.readLines, { claims, seen: repo.name, heads: found.heads }),
  });
  return { tree: { ...tree, state: "done", run: result.run.id, dropped: read.dropped }, read };
}

/** A model's trouble, and Master OS's own with it, is a value: the rules' part of the brief is not lost for it. */
async function askOrFail(world: World, args: Parameters<typeof judgeTree>[1]): Promise<RoleResult<"scout">> {
  const { domain, session, repo, commit } = args;
  try {
    const ready = await world.roles.ready("scout", domain.name);
    if (!ready.ok) return { kind: "failed", failure: ready.failure, message: ready.reason, clears: ready.clears };
    const input = await tellScout(world, args);
    const result = await world.slots.withSlot({ repo, purpose: "scout", signal: world.signal }, async (slot) => {
      await slot.prepare(commit);
      return await world.roles.play({ role: "scout", domain: domain.name, session, input, slot, readOnly: [], signal: world.signal });
    });
    world.signal.throwIfAborted();
    return result;
  } catch (error) {
    world.signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    const clears = error instanceof MosError ? error.hint : "the scout is started again, once something is new";
    return { kind: "failed", failure: "died", message, clears };
  }
}
