import type { Check, Domain, RepoHandle } from "../../contract/config.ts";
import type { Diagnosis } from "../../contract/doctor.ts";
import type { CommandRun, Receipt, TestedReceipt } from "../../contract/run.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { findObjection } from "../../core/doctor/judge-cure.ts";
import { explainMissingGate, findChangedRules, type GateRules, readGateRules } from "../../core/gate/defining-files.ts";
import { checkDomainWiki } from "../../core/knowledge/check-wiki.ts";
import type { Slot } from "../../port/slot.ts";
import type { GradeDomain } from "../../port/ticket-stage.ts";
import type { World } from "../../port/world.ts";
import { makeLandingCommit } from "./make-landing-commit.ts";
import { isGreen, runChecks } from "./run-checks.ts";
import { sha256 } from "./sha256.ts";

export type GateResult =
  | { readonly kind: "green"; readonly receipt: TestedReceipt; readonly builds: number }
  | { readonly kind: "conflict"; readonly paths: readonly string[]; readonly builds: number }
  | { readonly kind: "stray"; readonly paths: readonly string[]; readonly builds: number }
  | { readonly kind: "red"; readonly name: string; readonly detail: string; readonly tree: string; readonly builds: number }
  /** The base fails without the ticket: everyone's problem, said once. */
  | { readonly kind: "base-red"; readonly name: string; readonly detail: string; readonly builds: number }
  | { readonly kind: "refused"; readonly reason: string; readonly clears: string; readonly builds: number };

/**
 * Tests the merged result of one verified ticket on main (G1, G2, G4, G9). Changes nothing but scratch copies: a crash
 * leaves a commit that nothing refers to. May be repeated.
 */
export async function testLanding(
  world: World,
  args: { ticket: Ticket; domain: Domain; repo: RepoHandle; base: string; from?: string; grade: GradeDomain; signal: AbortSignal },
): Promise<GateResult> {
  const { ticket, repo, base, signal } = args;
  const missing = explainMissingGate(repo);
  if (missing)
    return { kind: "refused", reason: missing, clears: `${missing.split(" has no ")[0]} has a test and a linter in mos.yaml`, builds: 0 };
  const landing = await makeLandingCommit(world, { ticket, repo, base });
  if (landing.kind !== "commit") return { ...landing, builds: 0 };
  const git = world.git.at(repo.path);
  const rules = await readGateRules({ git, repo, treeish: base, sha256 });
  const changedRules = findChangedRules(rules, landing.changed);
  if (changedRules.length > 0 && !isDecided(ticket)) {
    return {
      kind: "refused",
      reason: `it changes what its own checks mean: ${changedRules.join(", ")}`,
      clears: `the operator decides it: mos ticket unblock ${ticket.id}`,
      builds: 0,
    };
  }
  const wiki = await checkWikiOf(world, args.domain, { repo, base, tree: landing.tree, landing });
  if (wiki && wiki.exitCode !== 0) return { kind: "red", name: wiki.name, detail: wiki.tail, tree: landing.tree, builds: 0 };
  const tested = await testTrees(world, { ...args, landing, rules, changedRules, base });
  if (tested.kind !== "green") return tested;
  const diagnosis = await args.grade(ticket.domain, { lane: repo.lane, commit: landing.commit });
  const objection = findObjection(ticket, diagnosis);
  if (objection) {
    return {
      kind: "refused",
      reason: `the doctor gives ${diagnosis.grade}: ${objection.id}: ${objection.reason}`,
      clears: `${objection.fix} Then: mos ticket unblock ${ticket.id}`,
      builds: tested.builds,
    };
  }
  signal.throwIfAborted();
  const receipt = await writeReceipt(world, {
    ...args,
    landing,
    gateHash: rules.hash,
    checks: [...tested.runs, ...(wiki ? [wiki] : [])],
    diagnosis,
  });
  return { kind: "green", receipt: receipt as TestedReceipt, builds: tested.builds };
}

/**
 * G2: on whose word a ticket may change what the checks mean. No ticket is ready without a Decision of the operator's (T9), but
 * a standing one was given before anybody knew of this change.
 */
function isDecided({ provenance }: Ticket): boolean {
  return provenance.standing === undefined;
}

type Tested = { kind: "green"; runs: CommandRun[]; builds: number } | Extract<GateResult, { kind: "red" | "base-red" }>;

interface TestArgs {
  ticket: Ticket;
  repo: RepoHandle;
  base: string;
  landing: { commit: string; tree: string };
  rules: GateRules;
  changedRules: readonly string[];
  signal: AbortSignal;
}

async function testTrees(world: World, args: TestArgs): Promise<Tested> {
  const { ticket, repo, landing, signal } = args;
  if (repo.knowledgeOnly) return { kind: "green", runs: [], builds: 0 };
  return world.slots.withSlot({ repo, purpose: `gate ${ticket.id}`, signal }, async (slot): Promise<Tested> => {
    const logBase = `log/ticket/${ticket.id}/${ticket.epoch}-gate`;
    const first = await testOnce(world, { ...args, slot, commit: landing.commit, logBase });
    if (!first.green) {
      const second = await testOnce(world, { ...args, slot, commit: landing.commit, logBase: `${logBase}-retry` });
      if (!second.green) return explainRed(world, { ...args, slot, failed: second.runs.at(-1) });
      first.runs = second.runs;
    }
    if (args.changedRules.length === 0) return { kind: "green", runs: first.runs, builds: 1 };
    const old = await withOldRules(world, args);
    const withOld = await testOnce(world, { ...args, slot, commit: old, logBase: `${logBase}-old` });
    const runs = [...first.runs, ...withOld.runs.map((run) => ({ ...run, name: `${run.name} (rules of main)` }))];
    if (withOld.green) return { kind: "green", runs, builds: 2 };
    return describeRed("red", withOld.runs.at(-1), landing.tree, 2, "with the rules of main: ");
  });
}

async function testOnce(
  world: World,
  args: { repo: RepoHandle; slot: Slot; commit: string; logBase: string; signal: AbortSignal },
): Promise<{ green: boolean; runs: CommandRun[] }> {
  const checks: readonly Check[] = args.repo.checks;
  const runs = await runChecks(world, { ...args, checks });
  return { green: isGreen(checks, runs), runs };
}

/** A failing ticket gets a control run of the base without it (G4). */
async function explainRed(world: World, args: TestArgs & { slot: Slot; failed: CommandRun | undefined }): Promise<Tested> {
  const control = await testOnce(world, {
    ...args,
    commit: args.base,
    logBase: `log/ticket/${args.ticket.id}/${args.ticket.epoch}-gate-base`,
  });
  return describeRed(control.green ? "red" : "base-red", control.green ? args.failed : control.runs.at(-1), args.landing.tree, 3, "");
}

function describeRed(kind: "red" | "base-red", failed: CommandRun | undefined, tree: string, builds: number, prefix: string): Tested {
  const name = failed?.name ?? "check";
  const detail =
    `${prefix}"${failed?.run}" ${failed?.exitCode ? `ended with ${failed.exitCode}` : "does not count"}: ${failed?.tail ?? ""}`.slice(
      0,
      4000,
    );
  return { kind, name, detail, tree, builds };
}

async function withOldRules(world: World, args: TestArgs): Promise<string> {
  const git = world.git.at(args.repo.path);
  const files = Object.fromEntries(args.changedRules.map((path) => [path, args.rules.files.get(path)]));
  const tree = await git.editTree(args.landing.tree, files);
  return git.commitTree({ tree, parents: [args.base], message: "the same with the rules of main" });
}

/** Only what the ticket makes wrong can fail its gate (K4): in the wiki, or by removing what a page links to. */
async function checkWikiOf(
  world: World,
  domain: Domain,
  args: { repo: RepoHandle; base: string; tree: string; landing: { changed: readonly string[]; removes: boolean } },
): Promise<CommandRun | undefined> {
  const { repo, base, tree, landing } = args;
  const asked = repo.knowledgeOnly || landing.removes || landing.changed.some((path) => path.startsWith("wiki/"));
  if (!asked) return undefined;
  const startedMs = world.clock.monotonicMs();
  const problems = await checkDomainWiki({ domain, git: world.git, store: world.store, repo: repo.name, treeish: tree, base });
  const tail = problems
    .map((problem) => `${problem.page}:${problem.line}: ${problem.problem}`)
    .join("\n")
    .slice(0, 2000);
  const ms = Math.round(world.clock.monotonicMs() - startedMs);
  return { name: "wiki", run: "mos wiki check", exitCode: problems.length === 0 ? 0 : 1, ms, tail, log: "" };
}

async function writeReceipt(
  world: World,
  args: {
    ticket: Ticket;
    repo: RepoHandle;
    base: string;
    from?: string;
    landing: { commit: string; tree: string };
    gateHash: string;
    checks: CommandRun[];
    diagnosis: Diagnosis;
  },
): Promise<Receipt> {
  const { ticket, repo, base, landing, gateHash, checks, diagnosis } = args;
  const logHead = await world.store.read((tx) => tx.logHead());
  return {
    id: landing.commit,
    lane: repo.lane,
    tickets: [ticket.id],
    base,
    ...(args.from === undefined ? {} : { from: args.from }),
    tree: landing.tree,
    commit: landing.commit,
    heads: ticket.work ? { [ticket.id]: ticket.work.commit } : {},
    gateHash,
    logHead,
    verdicts: ticket.verdict ? [ticket.verdict.id] : [],
    checks,
    doctor: { grade: diagnosis.grade, passed: diagnosis.passed, total: diagnosis.total },
    landedAt: world.clock.now(),
  };
}
