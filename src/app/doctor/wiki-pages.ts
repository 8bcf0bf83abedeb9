import { checkDomainWiki } from "../../core/knowledge/check-wiki.ts";
import { byHeads, type DoctorCheck, fails, holds } from "./doctor-check.ts";

export const wikiPages: DoctorCheck = {
  id: "wiki",
  scope: "domain",
  fingerprint: byHeads,
  examine: async ({ world }, domain) => {
    const problems = (await checkDomainWiki({ domain, git: world.git, store: world.store })).filter(
      (problem) => problem.kind === "front-matter" || problem.kind === "link",
    );
    if (problems.length === 0) return holds("front matter and links");
    const shown = problems.slice(0, 5).map((problem) => `${problem.page}:${problem.line}: ${problem.problem}`);
    return fails(
      `${domain.name}: ${shown.join("; ")}`,
      `mos wiki check --domain ${domain.name} lists all; a ticket with "repairs: wiki" may mend them.`,
    );
  },
};
