import { expect, test } from "vitest";
import { excerptLog } from "../../../src/core/gate/excerpt-log.ts";

test("G4: the excerpt of a failing check begins where it first speaks of a failure, and is short", () => {
  const noise = Array.from({ length: 50 }, (_, index) => `ok ${index} - something`).join("\n");
  const log = `0 errors so far\n${noise}\n\u001b[31mnot ok 51 - adds\u001b[39m\n  expected: 3\n  actual: 2\n${noise}`;
  expect(excerptLog(log).split("\n").slice(0, 3)).toEqual(["not ok 51 - adds", "  expected: 3", "  actual: 2"]);
  expect(excerptLog(log).split("\n")).toHaveLength(8);
});

test("G4: where no line speaks of a failure, the last lines are shown", () => {
  expect(excerptLog("one\n\ntwo\nthree\n")).toBe("one\ntwo\nthree");
});
