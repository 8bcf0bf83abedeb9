import type { HomePlan } from "../../../app/home/plan-home.ts";

/** What a repository's gate would run and lacks, as lines. */
export function describeGate(plan: HomePlan): string[] {
  return [
    ...(plan.setup === undefined ? [] : [`Set up by: ${plan.setup}`]),
    describeChecks(plan),
    ...plan.proposals.map(({ text, remedy }) => `Missing: ${text} ${remedy}`),
    ...plan.warnings.map((warning) => `Note: ${warning}`),
  ];
}

function describeChecks({ knowledgeOnly, checks }: HomePlan): string {
  if (knowledgeOnly) return "Checks: the wiki's own (knowledge only)";
  return checks.length === 0 ? "Checks: none found" : `Checks:\n${checks.map(({ name, run }) => `  ${name}: ${run}`).join("\n")}`;
}
