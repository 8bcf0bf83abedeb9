import { checkDomainWiki } from "../../core/knowledge/check-wiki.ts";
import { byHeads, type DoctorCheck, fails, holds } from "./doctor-check.ts";

/** Every citation names something that exists. Stale and moved ones are findings of the scout, not failures (K4). */
export const citations: DoctorCheck = {
  id: "citations",
  scope: "domain",
  fingerprint: byHeads,
  examine: async ({ world }, domain) => {
    const problems = (await checkDomainWiki({ domain, git: world.git, store: world.store })).filter(
      (problem) => problem.kind === "citation-missing",
    );
    if (problems.length === 0) return holds("every source exists");
    const shown = problems.slice(0, 5).map((problem) => `${problem.page}:${problem.line}: ${problem.problem}`);
    return fails(
      `${domain.name}: ${shown.join("; ")}`,
      `mos wiki check --domain ${domain.name} lists all; a ticket with "repairs: citations" may mend them.`,
    );
  },
};
