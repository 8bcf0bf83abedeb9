import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makePolicyWorld, type PolicyWorld } from "../../support/make-policy-world.ts";
import type { PolicyCase } from "./cases.ts";
import { gitCases } from "./git-cases.ts";
import { mcpCases } from "./mcp-cases.ts";
import { shellCases } from "./shell-cases.ts";

let world: PolicyWorld;
beforeAll(() => {
  world = makePolicyWorld();
});
afterAll(() => world.remove());

const check = (one: PolicyCase) => {
  const decision = world.decide(one);
  expect(decision.decision === "deny" ? decision.rule : undefined).toBe(one.rule);
};
const name = (cases: readonly PolicyCase[]) => cases.map((one) => [one.rule ?? "allowed", one.why, one] as const);

describe("P3, P5: shell commands", () => {
  test.each(name(shellCases))("%s: %s", (_, __, one) => check(one));
});

describe("P3: git and forges", () => {
  test.each(name(gitCases))("%s: %s", (_, __, one) => check(one));
});

describe("P2.4: tools of MCP servers", () => {
  test.each(name(mcpCases))("%s: %s", (_, __, one) => check(one));
});
