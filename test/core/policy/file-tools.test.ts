import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makePolicyWorld, type PolicyWorld } from "../../support/make-policy-world.ts";
import { fileCases } from "./file-cases.ts";

let world: PolicyWorld;
beforeAll(() => {
  world = makePolicyWorld();
});
afterAll(() => world.remove());

describe("P4: files are judged where the kernel says they lie", () => {
  test.each(fileCases.map((one) => [one.rule ?? "allowed", one.tool, one.why, one] as const))("%s: %s, %s", (_, __, ___, one) => {
    const decision = world.decide(one);
    expect(decision.decision === "deny" ? decision.rule : undefined).toBe(one.rule);
  });
});

describe("P5: programs, by role and box", () => {
  const shell = (command: string) => ({ tool: "Bash", input: { command } });

  test("P5.1: what the text does not tell is refused where no sandbox is behind it", () => {
    expect(world.decide(shell("cat $(cat list.txt)"))).toEqual({ decision: "allow" });
    expect(world.decide(shell("cat $(cat list.txt)"), { boxed: false })).toMatchObject({ rule: "P5.1" });
  });

  test("P5.2: programs run for an executor or a verifier in the box", () => {
    expect(world.decide(shell("npm test"))).toEqual({ decision: "allow" });
    expect(world.decide(shell("npm test"), { role: "verifier" })).toEqual({ decision: "allow" });
    expect(world.decide(shell("npm test"), { boxed: false })).toMatchObject({ rule: "P5.2" });
    expect(world.decide(shell("npm test"), { role: "scout" })).toMatchObject({ rule: "P5.2" });
    expect(world.decide(shell("mos-chore fix wiki-index"), { role: "librarian" })).toMatchObject({ rule: "P5.2" });
    expect(world.decide(shell("mos-chore fix wiki-index"), { role: "librarian", client: "playbook" })).toEqual({ decision: "allow" });
    expect(world.decide(shell("git log --oneline"), { role: "scout" })).toEqual({ decision: "allow" });
  });
});
