import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseDocument } from "yaml";
import { makeJsonSchemas } from "../../src/contract/json-schema.ts";
import { makeStartingConfig } from "../../src/core/workspace/starting-config.ts";

const folder = join(import.meta.dirname, "..", "..", "schema");

test("W10: the folder holds these schemas and no others", () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(makeJsonSchemas()).sort());
});

test.each(Object.entries(makeJsonSchemas()))("W10: schema/%s is what the code says (npm run schema writes it)", async (name, text) => {
  await expect(text).toMatchFileSnapshot(join(folder, name));
});

test("W10: a schema knows every key of a new mos.yaml, and describes them", () => {
  const schema = JSON.parse(makeJsonSchemas()["mos.schema.json"] as string);
  const keys = Object.keys(parseDocument(makeStartingConfig()).toJS());
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(keys));
  expect(schema.additionalProperties).toBe(false);
  expect(JSON.stringify(schema)).toContain("code lands only with at least one test and one lint check");
});
