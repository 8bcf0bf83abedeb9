import type { Domain, RepoHandle } from "../../contract/config.ts";
import type { CommandRun } from "../../contract/run.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { explainMissingGate, findChangedRules, type GateRules } from "../../core/gate/defining-files.ts";
import { checkDomainWiki } from "../../core/knowledge/check-wiki.ts";
import type { World } from "../../port/world.ts";
import { makeLandingCommit } from "./make-landing-commit.ts";

/** A verified ticket merged onto what is before it in the train. */
export interface Car {
  readonly ticket: Ticket;
  /** Its own landing commit: first parent is what it was coupled to, second its work. */
  readonly commit: string;
  readonly tree: string;
  readonly message: string;
  /** What it was coupled to: main, or the car before it. */
  readonly onto: string;
  readonly changed: readonly string[];
  /** Files among these that say what the checks mean (G2c). */
  readonly rules: readonly string[];
  readonly wiki?: CommandRun;
}

/** Why a ticket can not be part of what lands, without any test run. */
export type Unfit =
  | { readonly kind: "conflict"; readonly paths: readonly string[] }
  | { readonly kind: "stray"; readonly paths: readonly string[] }
  | { readonly kind: "red"; readonly name: string; readonly detail: string; readonly log: string; readonly tree: string }
  | { readonly kind: "refused"; readonly reason: string; readonly clears: string };

/**
 * Merges a verified ticket onto a commit without a checkout (G1) and looks at what can be seen without running anything: a
 * conflict, paths that stray, the wiki, and whether it changes what the checks mean. Changes nothing that lasts.
 *
 * @param args.rules  of main; what is between main and `onto` changes none of them
 * @param args.ahead  the tickets between main and `onto`
 */
export async function coupleCar(
  world: World,
  args: { ticket: Ticket; domain: Domain; repo: RepoHandle; onto: string; rules: GateRules; ahead?: readonly string[] },
): Promise<{ readonly kind: "coupled"; readonly car: Car } | Unfit> {
  const { ticket, repo, onto, ahead = [] } = args;
  const missing = explainMissingGate(repo);
  if (missing) return { kind: "refused", reason: missing, clears: `${repo.lane} has a test and a linter in mos.yaml` };
  const landing = await makeLandingCommit(world, { ticket, repo, base: onto, ahead });
  if (landing.kind !== "commit") return landing;
  // A range that is taken back leaves the very rules that were main's before it.
  const changedRules = ticket.takesBack === undefined ? findChangedRules(args.rules, landing.changed) : [];
  if (changedRules.length > 0 && !isDecided(ticket)) {
    return {
      kind: "refused",
      reason: `it changes what its own checks mean: ${changedRules.join(", ")}`,
      clears: `the operator decides it: mos ticket unblock ${ticket.id}`,
    };
  }
  const wiki = await checkWikiOf(world, args.domain, {
    ...{ repo, tree: landing.tree, landing },
    base: ticket.takesBack?.from ?? onto,
  });
  if (wiki && wiki.exitCode !== 0) return { kind: "red", name: wiki.name, detail: wiki.tail, log: "", tree: landing.tree };
  const { commit, tree, message, changed } = landing;
  return { kind: "coupled", car: { ticket, commit, tree, message, onto, changed, rules: changedRules, ...(wiki ? { wiki } : {}) } };
}

/**
 * G2: on whose word a ticket may change what the checks mean. No ticket is ready without a Decision of the operator's (T9), but
 * a standing one was given before anybody knew of this change.
 */
function isDecided({ provenance }: Ticket): boolean {
  return provenance.standing === undefined;
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
