import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../../../src/contract/policy.ts";
import { makePolicyWorld, type PolicyWorld } from "../../support/make-policy-world.ts";

let world: PolicyWorld;
beforeAll(() => {
  world = makePolicyWorld();
});
afterAll(() => world.remove());

const ruleFor = (role: Role, tool: string, input: unknown, cwd?: string) => {
  const decision = world.decide({ tool, input, ...(cwd === undefined ? {} : { cwd }) }, world.as(role));
  return decision.decision === "deny" ? decision.rule : "allowed";
};
const orchestrator = (tool: string, input: unknown) => {
  const decision = world.decideAs({ tool, input, cwd: "{{WS}}" }, world.as("orchestrator", false));
  return decision.decision === "deny" ? decision.rule : "allowed";
};
const write = (path: string) => ({ file_path: path, content: "x" });

describe("P3.13: what each role may use", () => {
  test.each(["scout", "verifier", "distiller"] as const)("P3.6: a %s reads its domain and writes nothing in it", (role) => {
    expect(ruleFor(role, "Read", { file_path: "src/f.js" })).toBe("allowed");
    expect(ruleFor(role, "Grep", { pattern: "x", path: "{{WS}}/domains/music" })).toBe("allowed");
    expect(ruleFor(role, "Read", { file_path: "{{WS}}/domains/trading/README.md" })).toBe("P3.1");
    expect(ruleFor(role, "Write", write("src/f.js"))).toBe("P3.13");
    expect(ruleFor(role, "mcp__fs__write_file", { path: "src/f.js", content: "x" })).toBe("P3.6");
  });

  test("P3.6: a verifier runs checks and has /tmp to write in; a shell is no way round", () => {
    expect(ruleFor("verifier", "Bash", { command: "npm test > /tmp/mos-out.txt" })).toBe("allowed");
    expect(ruleFor("verifier", "Bash", { command: "sed -i s/a/b/ src/f.js" })).toBe("P3.6");
    expect(ruleFor("verifier", "Bash", { command: "git commit -am x" })).toBe("P3.32");
  });

  test("P5.2: a scout looks with known commands and runs none", () => {
    expect(ruleFor("scout", "Bash", { command: "git log --oneline -5 && wc -l src/f.js" })).toBe("allowed");
    expect(ruleFor("scout", "Bash", { command: "node x.js" })).toBe("P5.2");
    expect(ruleFor("scout", "Bash", { command: "echo x > /tmp/x" })).toBe("P3.6");
    expect(ruleFor("distiller", "Bash", { command: "ls" })).toBe("P3.13");
  });

  test.each(["librarian", "operator-global"] as const)("P3.7: a %s writes wiki pages and nothing else", (role) => {
    expect(ruleFor(role, "Write", write("wiki/new.md"))).toBe("allowed");
    expect(ruleFor(role, "Write", write("src/f.js"))).toBe("P3.7");
    expect(ruleFor(role, "Bash", { command: "npm test" })).toBe("P5.2");
    expect(ruleFor(role, "Bash", { command: "git add wiki && git commit -m 'wiki: x'" })).toBe("allowed");
  });

  test("P3.2: the orchestrator reads the workspace's configuration, talks, and touches no domain", () => {
    expect(orchestrator("Read", { file_path: "{{WS}}/mos.yaml" })).toBe("allowed");
    expect(orchestrator("Read", { file_path: "{{WS}}/playbooks/own.yaml" })).toBe("allowed");
    expect(orchestrator("AskUserQuestion", { questions: [] })).toBe("allowed");
    expect(orchestrator("mcp__mos__decide", { decision: "x", option: "y" })).toBe("allowed");
    expect(orchestrator("Write", { file_path: "{{WS}}/mos.yaml", content: "" })).toBe("P3.13");
    expect(orchestrator("Read", { file_path: "{{WS}}/domains/music/README.md" })).toBe("P3.1");
    expect(orchestrator("Read", { file_path: "{{WS}}/domains/trading/README.md" })).toBe("P3.1");
    expect(orchestrator("Read", { file_path: "{{WS}}/.mos/store.db" })).toBe("P3.20");
    expect(orchestrator("Bash", { command: "npm test" })).not.toBe("allowed");
    expect(orchestrator("Bash", { command: "git -C domains/music merge x" })).not.toBe("allowed");
  });
});
