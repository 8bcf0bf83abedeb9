import type { ModelRole } from "../../contract/agent.ts";
import { type RoleOutput, roleOutputs } from "../../contract/role.ts";

/**
 * The smallest output of each role that holds a word, so that it is known again where it comes out.
 *
 * @param word  of letters and digits
 */
export function makeSampleOutput(role: ModelRole, word: string): RoleOutput<ModelRole> {
  return roleOutputs[role].parse(samples(word)[role]);
}

function samples(word: string): Record<ModelRole, unknown> {
  const evidence = [{ path: "README.md", line: 1, quote: word }];
  const work = { outcome: "done", summary: word };
  return {
    scout: { facts: [{ kind: "change", text: word, evidence }], decisions: [] },
    executor: work,
    verifier: { outcome: "pass", points: [{ point: word, pass: true, evidence: word }] },
    distiller: {
      candidates: [{ claim: word, source: { artifact: word, quote: word }, confidence: "low", reason: word, target: "wiki/probe.md" }],
    },
    librarian: work,
    "operator-global": work,
  };
}

/** Whether it came out whole. */
export function isSampleOutput(role: ModelRole, word: string, output: unknown): boolean {
  const read = roleOutputs[role].safeParse(output);
  return read.success && JSON.stringify(read.data) === JSON.stringify(makeSampleOutput(role, word));
}
