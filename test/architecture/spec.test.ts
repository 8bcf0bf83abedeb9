import { readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const specs = globSync("docs/spec/*.md", { cwd: root }).filter((path) => !path.endsWith("README.md"));
const tests = globSync(["test/**/*.ts"], { cwd: root, ignore: ["test/architecture/**"] })
  .map((path) => readFileSync(join(root, path), "utf8"))
  .join("\n");

/** `- **T1** …`, `  - **T1a** …`, `| D1 | …`, `## G5 …`: a rule begins a line. A part is cited by its own number. */
const ruleAtStart = /^(?:[-*#|\s]*)(?:\*\*)?([A-Z]{1,2}[0-9]{1,2}[a-z]?)(?:\*\*)?(?=[\s.:|])/gm;

describe("the numbered rules of docs/spec", () => {
  test("there are some", () => {
    expect(specs.length).toBeGreaterThan(5);
  });

  test.each(specs)("%s: every rule, and every part of one, is cited by a test", (spec) => {
    const rules = new Set([...readFileSync(join(root, spec), "utf8").matchAll(ruleAtStart)].map((match) => match[1] as string));
    expect(rules.size).toBeGreaterThan(0);
    const uncited = [...rules].filter((rule) => !new RegExp(`\\b${rule}\\b`).test(tests));
    expect(uncited).toEqual([]);
  });
});
