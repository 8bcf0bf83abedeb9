import { describe, expect, test } from "vitest";
import { makePaint, wantsColour } from "../../../../src/entry/cli/show/paint.ts";
import { formatTable } from "../../../../src/entry/cli/show/table.ts";

describe("colours and columns", () => {
  test.each([
    [{}, true, false, true],
    [{}, false, false, false],
    [{ NO_COLOR: "1" }, true, false, false],
    [{ NO_COLOR: "" }, true, false, true],
    [{ NO_COLOR: "1", FORCE_COLOR: "1" }, true, false, false],
    [{ FORCE_COLOR: "1" }, false, false, true],
    [{ FORCE_COLOR: "0" }, true, false, false],
    [{ TERM: "dumb" }, true, false, false],
    [{ FORCE_COLOR: "1" }, true, true, false],
  ])("%o, terminal %s, --no-color %s: %s", (env, isTerminal, noColour, wanted) => {
    expect(wantsColour({ env, isTerminal, noColour })).toBe(wanted);
  });

  test("columns line up whatever is painted, and a cell cannot break its line", () => {
    const paint = makePaint(true);
    const table = formatTable([
      [{ painted: paint.bold("MUS-1") }, "ready", "a\nb\u001B[31m"],
      ["MUS-12", "in_progress", "c"],
    ]);
    expect(table).toBe(`${paint.bold("MUS-1")}   ready        a b\nMUS-12  in_progress  c`);
  });
});
