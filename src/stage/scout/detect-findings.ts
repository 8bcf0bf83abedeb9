import { type Evidence, Finding } from "../../contract/brief.ts";
import type { Domain, RepoHandle } from "../../contract/config.ts";
import type { Playbook } from "../../contract/playbook.ts";
import { choreOfDetect } from "../../core/playbook/check-placeholders.ts";
import { type FindingLine, readFindingLines } from "../../core/playbook/read-finding-lines.ts";
import type { Repo } from "../../port/git.ts";
import type { Slot } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";

const wallMs = 300_000;
/** For the repository's own commands (tests, formatters), all together. */
const checkSeconds = 60;
const findingsPerPlaybook = 200;
const quoteMax = 500;

/** What every applicable playbook finds in a domain's repositories, at these heads. Reads only. */
export async function detectDomainFindings(
  world: World,
  args: { domain: Domain; heads: Readonly<Record<string, string>> },
): Promise<Finding[]> {
  const found: Finding[] = [];
  const { home } = args.domain;
  const settled = async (path: string) =>
    args.heads.home !== undefined && (await world.git.at(home.path).readFile(args.heads.home, path)) !== undefined;
  for (const repo of args.domain.repos) {
    const commit = args.heads[repo.name];
    if (commit === undefined) continue;
    const findings = await world.slots.withSlot({ repo, purpose: "scout", signal: world.signal }, async (slot) => {
      await slot.prepare(commit);
      return detectFindings(world, repo, { commit, slot, settled });
    });
    found.push(...findings);
  }
  return found;
}

/**
 * What every applicable playbook finds in one repository. `slot` is prepared at `commit`; every step runs read-only in
 * the tool box, those that are `mos-chore find <chore>` in one process. What a step prints is untrusted: a line that is
 * no finding, or that names a place that is not there, is dropped and reported. A step that fails finds nothing, and
 * that is reported too.
 *
 * @param settled  whether a file is there in the domain's home: a finding that it settles is none
 */
export async function detectFindings(
  world: World,
  repo: RepoHandle,
  args: { commit: string; slot: Slot; settled?: (path: string) => Promise<boolean> },
): Promise<Finding[]> {
  const host = world.git.at(repo.path);
  const hasWiki = (await host.listTree(args.commit, "wiki")).length > 0;
  const playbooks = world.playbooks.filter((playbook) => applies(playbook, repo, hasWiki));
  const lines: FindingLine[] = [];
  for (const step of planSteps(playbooks)) {
    world.signal.throwIfAborted();
    for (const line of await runStep(world, repo, args.slot, step)) {
      if (line.settledBy === undefined || !(await args.settled?.(line.settledBy))) lines.push(line);
    }
  }
  const prove = makeProver(host, repo, args.commit);
  const proven = await Promise.all(lines.map((line) => proveLine(world, repo, line, { commit: args.commit, prove })));
  return proven.filter((finding) => finding !== undefined);
}

function applies(playbook: Playbook, repo: RepoHandle, hasWiki: boolean): boolean {
  switch (playbook.where) {
    case "any":
      return true;
    case "code":
      return !repo.knowledgeOnly && repo.checks.length > 0;
    case "wiki":
      return hasWiki;
  }
}

interface Step {
  readonly command: string;
  /** Whose findings they are: by the chore's name where several share the process, else the one. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
}

const whole = "";

/** One process for all chores of the built-in program; one for each other step. */
function planSteps(playbooks: readonly Playbook[]): Step[] {
  const chores = new Map<string, string[]>();
  const others: Step[] = [];
  for (const playbook of playbooks) {
    const chore = choreOfDetect(playbook.detect);
    if (chore === undefined) others.push({ command: playbook.detect, owners: new Map([[whole, [playbook.id]]]) });
    else chores.set(chore, [...(chores.get(chore) ?? []), playbook.id]);
  }
  const names = [...chores.keys()];
  if (names.length === 0) return others;
  const owners = names.length === 1 ? new Map([[whole, chores.get(names[0] ?? "") ?? []]]) : chores;
  return [{ command: `mos-chore find ${names.join(",")}`, owners }, ...others];
}

async function runStep(world: World, repo: RepoHandle, slot: Slot, step: Step): Promise<FindingLine[]> {
  const ids = [...step.owners.values()].flat();
  const result = await slot.run({
    command: step.command,
    wallMs,
    signal: world.signal,
    env: {
      MOS_NOW: world.clock.now(),
      MOS_REPO: repo.name,
      MOS_CHECKS: JSON.stringify(repo.checks.map(({ name, run, kind, timeoutSeconds }) => ({ name, run, kind, timeoutSeconds }))),
      MOS_CHECK_SECONDS: String(checkSeconds),
    },
  });
  const { lines, problems } = readFindingLines({ output: result.stdout, owners: step.owners, whole, perPlaybook: findingsPerPlaybook });
  if (result.exitCode !== 0) {
    const words = result.stderr.trim().split("\n").at(-1) ?? "";
    problems.push(`${ids.join(", ")}: detect ended with ${result.exitCode ?? result.endedBy}${words === "" ? "" : `: ${words}`}`);
  }
  for (const text of problems) reportProblem(world, repo, text);
  return lines;
}

type Prove = (place: { path: string; line: number }) => Promise<Evidence | undefined>;

async function proveLine(
  world: World,
  repo: RepoHandle,
  line: FindingLine,
  args: { commit: string; prove: Prove },
): Promise<Finding | undefined> {
  const evidence: Evidence[] = [];
  for (const place of line.evidence) {
    const proven = await args.prove(place);
    if (proven) evidence.push(proven);
  }
  if (line.evidence.length > 0 && evidence.length === 0) {
    reportProblem(world, repo, `${line.playbook}: dropped "${line.subject}": it names a place that is not there`);
    return undefined;
  }
  const { playbook, subject, text } = line;
  const values = { ...line.values, commit: args.commit, today: world.clock.now().slice(0, 10) };
  const parsed = Finding.safeParse({ playbook, subject, text, repo: repo.name, evidence, values });
  return parsed.success ? parsed.data : undefined;
}

/** Quotes are read from the commit itself, never taken from what a step printed. */
function makeProver(host: Repo, repo: RepoHandle, commit: string): Prove {
  const files = new Map<string, Promise<string | undefined>>();
  return async ({ path, line }) => {
    const file = files.get(path) ?? host.readFile(commit, path);
    files.set(path, file);
    const quote = (await file)?.split(/\r?\n/)[line - 1];
    return quote === undefined ? undefined : { repo: repo.name, commit, path, line, quote: quote.slice(0, quoteMax) };
  };
}

function reportProblem(world: World, repo: RepoHandle, text: string): void {
  world.report({ stage: "scout", domain: repo.domain, state: "update", text });
}
