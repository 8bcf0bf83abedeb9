import type { Domain } from "../../contract/config.ts";
import type { WikiProblem } from "../../contract/knowledge.ts";
import { checkDomainWiki } from "../../core/knowledge/check-wiki.ts";
import { type Finding, fails, holds, isThere, nameSome, type Patient, readTip } from "./doctor-check.ts";

/** What is wrong in a domain's wiki, of these kinds. Two checks ask; git is asked once. */
export async function judgeWiki(
  patient: Patient,
  args: { domain: Domain; check: string; kinds: readonly WikiProblem["kind"][]; sound: string },
): Promise<Finding> {
  const { domain, check, kinds } = args;
  if (!(await isThere(patient, domain.home))) return holds("no repository: check repositories says so");
  const problems = (await readProblems(patient, domain)).filter((problem) => kinds.includes(problem.kind));
  if (problems.length === 0) return holds(args.sound);
  const pages = new Set(problems.map((problem) => problem.page)).size;
  // A reason travels into tickets, receipts and logs: of a sealed domain it names no page and quotes nothing.
  const shown = domain.sealed
    ? `${problems.length} on ${pages} of its pages`
    : nameSome(problems.map((problem) => `${problem.page}:${problem.line}: ${problem.problem}`));
  return fails(
    `${domain.name}: ${shown}`,
    `mos wiki check --domain ${domain.name} lists all; a ticket with "repairs: ${check}" may mend them.`,
  );
}

function readProblems(patient: Patient, domain: Domain): Promise<WikiProblem[]> {
  const { world } = patient;
  return patient.once(`wiki ${domain.name}`, async () => {
    const treeish = await readTip(patient, domain.home);
    return treeish === undefined ? [] : checkDomainWiki({ domain, git: world.git, store: world.store, treeish });
  });
}
