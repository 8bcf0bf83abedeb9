import { afterAll, expect, test } from "vitest";
import { gitVerbs } from "../../../src/core/policy/command/git/verb-table.ts";
import { knownPrograms } from "../../../src/core/policy/command/program-table.ts";
import { evaluate } from "../../../src/core/policy/evaluate.ts";
import { listPaths } from "../../../src/core/policy/list-paths.ts";
import { makePolicyWorld } from "../../support/make-policy-world.ts";

const world = makePolicyWorld();
afterAll(() => world.remove());

const letters = [...(process.env.MOS_TEST_LONG ? "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" : "cefiort")];
/** What is missing, empty or cut off: an option without its value, a separator with nothing after it. */
const endings = [
  "",
  "-",
  "--",
  "--=",
  "=",
  ":",
  "''",
  "a",
  "a b",
  "-- a",
  "--x",
  "--x=",
  "'' ''",
  "a -",
  "$x",
  "-$x",
  ...letters.map((one) => `-${one}`),
];
const shapes = [...endings, ...letters.map((one) => `-${one} a`), ...letters.map((one) => `a -${one}`)];

function findsNoRule(command: string): boolean {
  const call = { tool: "Bash", input: { command }, cwd: world.worktree };
  const agent = { ...world.agent, boxed: false };
  const facts = listPaths(world.policy, agent, call).map((path) => ({ asked: path, path, kind: "absent" as const, links: 1 }));
  const decision = evaluate(world.policy, agent, call, facts);
  return decision.decision === "deny" && decision.rule === "P2.5";
}

test.each([
  ["programs", [...knownPrograms, "sudo", "unknown-program"]],
  ["verbs of git", [...gitVerbs.keys(), "unknown-verb"].map((verb) => `git ${verb}`)],
])("P2.5: the last net is not needed by %s with arguments missing, empty or cut off", (_what, names) => {
  const caught = names.flatMap((name) => shapes.map((shape) => `${name} ${shape}`.trim())).filter(findsNoRule);
  expect(caught).toEqual([]);
});
