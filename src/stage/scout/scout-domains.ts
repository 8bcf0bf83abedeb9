import PQueue from "p-queue";
import type { Brief } from "../../contract/brief.ts";
import type { Domain } from "../../contract/config.ts";
import { markSeen, putLatestBrief } from "../../core/brief/latest-brief.ts";
import { judgePart } from "../../core/brief/list-parts.ts";
import { writeAge } from "../../core/brief/write-age.ts";
import { countOf } from "../../core/text/count-of.ts";
import type { World } from "../../port/world.ts";
import { readStanding } from "./read-standing.ts";
import { type ScoutTools, writeBrief } from "./write-brief.ts";

/** What became of each domain. A scout that failed stops no other; its domain keeps its last brief and is not fresh. */
export interface Scouting {
  readonly scouted: readonly string[];
  readonly skipped: readonly string[];
  readonly failed: readonly { readonly domain: string; readonly error: unknown }[];
}

/** Scouts that run at once: each may run a box a repository. */
const atOnceMax = 4;

/**
 * One read-only scout for each domain and one for `operator`, in parallel; those with nothing new are skipped with the
 * age of their brief (S1). A model speaks where configuration names one for the scout. A crash leaves each domain with its old
 * brief or its new one; run again, it takes up those that are not fresh.
 *
 * @param again  scout every domain, fresh or not
 * @param domains  these alone
 */
export async function scoutDomains(
  world: World,
  args: { session: string; tools: ScoutTools; again?: boolean; domains?: readonly string[] },
): Promise<Scouting> {
  const queue = new PQueue({ concurrency: atOnceMax });
  const domains = [...world.workspace.domains, world.workspace.operator].filter(({ name }) => args.domains?.includes(name) ?? true);
  const outcomes = await Promise.all(
    domains.map((domain) =>
      queue.add(async () => {
        world.signal.throwIfAborted();
        return await scoutOrReport(world, domain, args);
      }),
    ),
  );
  const named = (kind: Outcome["kind"]) =>
    outcomes.flatMap((outcome, index) => (outcome?.kind === kind ? [domains[index]?.name ?? ""] : []));
  const failed = outcomes.flatMap((outcome, index) =>
    outcome?.kind === "failed" ? [{ domain: domains[index]?.name ?? "", error: outcome.error }] : [],
  );
  return { scouted: named("scouted"), skipped: named("skipped"), failed };
}

type Outcome = { kind: "scouted" } | { kind: "skipped" } | { kind: "failed"; error: unknown };

async function scoutOrReport(world: World, domain: Domain, args: Parameters<typeof scoutDomains>[1]): Promise<Outcome> {
  try {
    return await scoutDomain(world, domain, args);
  } catch (error) {
    if (world.signal.aborted) throw error;
    const text = error instanceof Error ? error.message : String(error);
    world.report({ stage: "scout", domain: domain.name, state: "failed", text });
    return { kind: "failed", error };
  }
}

async function scoutDomain(world: World, domain: Domain, { session, tools, again }: Parameters<typeof scoutDomains>[1]): Promise<Outcome> {
  const { inputs, latest, freshness } = await readStanding(world, domain);
  if (freshness.fresh && again !== true) {
    const reason = `nothing new, brief is ${writeAge(freshness.ageMs)} old`;
    const data = { brief: latest?.brief.id, ageMs: freshness.ageMs };
    await world.store.write(async (tx) => {
      const { seq } = await tx.append({ kind: "brief.skipped", domain: domain.name, actor: "mos", authority: session, reason, data });
      if (latest !== undefined) await markSeen(tx, latest, seq);
    });
    world.report({ stage: "scout", domain: domain.name, state: "skipped", text: `${domain.name}: ${reason}` });
    return { kind: "skipped" };
  }
  const why = freshness.fresh ? "asked for again" : freshness.reason;
  world.report({ stage: "scout", domain: domain.name, state: "start", text: `${domain.name}: ${why}` });
  const sameJudge = latest?.parts[judgePart] === inputs.parts[judgePart];
  const brief = await writeBrief(world, { domain, session, inputs, previous: latest?.brief, tools, sameJudge, again: again === true });
  await world.store.write(async (tx) => {
    const data = {
      ...{ brief: brief.id, fingerprint: brief.fingerprint, facts: brief.facts.length, decisions: brief.decisions.length },
      ...(brief.judgement === undefined ? {} : { judgement: brief.judgement }),
    };
    const { seq } = await tx.append({ kind: "brief.written", domain: domain.name, actor: "mos", authority: session, reason: why, data });
    await putLatestBrief(tx, { brief, parts: inputs.parts, seq });
  });
  const found = `${countOf(brief.facts.length, "fact")}, ${countOf(brief.decisions.length, "question")}`;
  world.report({ stage: "scout", domain: domain.name, state: "done", text: `${domain.name}: ${found} (${sayJudge(brief)})` });
  return { kind: "scouted" };
}

function sayJudge({ judgement }: Brief): string {
  if (judgement === undefined) return "local, no model";
  const dropped = judgement.trees.reduce((sum, tree) => sum + tree.dropped.evidence, 0);
  const missing = judgement.trees.filter(({ state }) => state === "failed").length;
  if (missing === judgement.trees.length) return `local, no judgement of ${judgement.runtime}`;
  return `judged by ${judgement.runtime}${dropped === 0 ? "" : `, ${countOf(dropped, "claim")} dropped: not found`}`;
}
