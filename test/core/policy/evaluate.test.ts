import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluate } from "../../../src/core/policy/evaluate.ts";
import { listPaths } from "../../../src/core/policy/list-paths.ts";
import { pathRules, rules } from "../../../src/core/policy/rule/table.ts";
import { makePolicyWorld, type PolicyWorld } from "../../support/make-policy-world.ts";

let world: PolicyWorld;
beforeAll(() => {
  world = makePolicyWorld();
});
afterAll(() => world.remove());

const read = (path: string) => ({ tool: "Read", input: { file_path: path } });

describe("a decision", () => {
  test("P1: the same input gives the same answer, and a denial names guard, rule, reason and remedy", () => {
    const call = read("{{WS}}/domains/trading/secret.env");
    const decision = world.decide(call);
    expect(decision).toEqual(world.decide(call));
    expect(decision).toMatchObject({ decision: "deny", guard: "boundary-guard", rule: "P3.1" });
    if (decision.decision === "deny") {
      expect(decision.reason).toContain("trading is another domain, and sealed");
      expect(decision.remedy).toContain("say so in your report");
      expect(`${decision.reason}${decision.remedy}`).not.toContain("\n");
    }
  });

  test("P1.1: a path of which the kernel has said nothing is refused", () => {
    const call = { tool: "Read", input: { file_path: `${world.worktree}/src/f.js` }, cwd: world.worktree };
    expect(listPaths(world.policy, world.agent, call)).toEqual([`${world.worktree}/src/f.js`]);
    expect(evaluate(world.policy, world.agent, call, [])).toMatchObject({ decision: "deny", rule: "P1.1" });
    const fact = { asked: `${world.worktree}/src/f.js`, path: `${world.worktree}/src/f.js`, kind: "file", links: 1 } as const;
    expect(evaluate(world.policy, world.agent, call, [fact])).toEqual({ decision: "allow" });
    expect(evaluate(world.policy, world.agent, call, [{ ...fact, kind: "unreadable" }])).toMatchObject({ rule: "P1.1" });
  });

  test("P2: what is no policy, agent or call is denied, not thrown", () => {
    for (const nonsense of [undefined, null, 1, "x", [], {}]) {
      expect(evaluate(nonsense as never, world.agent, read("/x") as never, [])).toMatchObject({ decision: "deny" });
      expect(evaluate(world.policy, nonsense as never, read("/x") as never, [])).toMatchObject({ decision: "deny" });
      expect(evaluate(world.policy, world.agent, nonsense as never, [])).toMatchObject({ decision: "deny" });
      expect(listPaths(world.policy, world.agent, nonsense as never)).toEqual([]);
    }
  });

  test("P3: every rule has a number of its own, a guard, and stands in the specification", () => {
    const spec = readFileSync(join(import.meta.dirname, "../../../docs/spec/policy.md"), "utf8");
    const ids = [...pathRules, ...rules].map((rule) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(spec).toContain(`- **${id}** `);
  });
});

test("P1: a call that is changed after its paths were listed is read anew", () => {
  const input = { file_path: `${world.worktree}/src/f.js` };
  const call = { tool: "Read", input, cwd: world.worktree };
  const facts = listPaths(world.policy, world.agent, call).map((asked) => ({ asked, path: asked, kind: "file" as const, links: 1 }));
  expect(evaluate(world.policy, world.agent, call, facts)).toEqual({ decision: "allow" });
  input.file_path = `${world.root}/domains/trading/secret.env`;
  expect(evaluate(world.policy, world.agent, call, facts)).toMatchObject({ decision: "deny", rule: "P1.1" });
  expect(evaluate(world.policy, { ...world.agent, domain: "trading" }, call, facts)).toMatchObject({ decision: "deny" });
});
