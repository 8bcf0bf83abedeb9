import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { cruise, type IFlattenedRuleSet } from "dependency-cruiser";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const fixtureDir = join(import.meta.dirname, "fixture");
const config = createRequire(import.meta.url)("../../.dependency-cruiser.cjs") as {
  forbidden: { name: string }[];
  options: Record<string, unknown>;
};
const rules = config.forbidden.map(({ name }) => name);

describe("imports go one way", () => {
  test("every rule has a fixture, and every fixture a rule", () => {
    expect(readdirSync(fixtureDir).sort()).toEqual([...rules].sort());
  });

  test.each(rules)("%s fires on its fixture, and no other rule does", async (rule) => {
    expect(await findViolations(join(fixtureDir, rule))).toEqual([rule]);
  });

  test("src breaks none", async () => {
    expect(await findViolations(root, true)).toEqual([]);
  });
});

async function findViolations(baseDir: string, named = false): Promise<string[]> {
  const { tsConfig: _, ...options } = config.options;
  const result = await cruise(["src"], { ...options, baseDir, validate: true, ruleSet: config as unknown as IFlattenedRuleSet });
  if (typeof result.output === "string") throw new Error(result.output);
  expect(result.output.summary.totalCruised).toBeGreaterThan(0);
  const found = result.output.summary.violations.map(({ rule, from, to }) => (named ? `${rule.name}: ${from} → ${to}` : rule.name));
  return [...new Set(found)].sort();
}
