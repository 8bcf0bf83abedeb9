import type { DecisionCandidate, Finding } from "../../contract/brief.ts";
import type { Domain } from "../../contract/config.ts";
import type { Playbook } from "../../contract/playbook.ts";
import { decideFromFindings } from "./decide-from-findings.ts";

/** The questions of all playbooks about all repositories of a domain. */
export function decideDomain(args: {
  domain: Pick<Domain, "name" | "repos">;
  findings: readonly Finding[];
  playbooks: readonly Playbook[];
}): DecisionCandidate[] {
  const { domain, findings, playbooks } = args;
  return domain.repos.flatMap((repo) =>
    playbooks.flatMap((playbook) => decideFromFindings(playbook, findings, { domain: domain.name, name: repo.name })),
  );
}
