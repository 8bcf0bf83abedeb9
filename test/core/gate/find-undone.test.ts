import { describe, expect, test } from "vitest";
import { findUndone } from "../../../src/core/gate/find-undone.ts";
import type { ChangedPath } from "../../../src/port/git.ts";

const paths = (...rows: `${ChangedPath["status"]} ${string}`[]): ChangedPath[] =>
  rows.map((row) => ({ status: row[0] as ChangedPath["status"], path: row.slice(2), oldMode: "100644", newMode: "100644" }));

describe("G1b: what landed before stays", () => {
  test.each<[string, Parameters<typeof findUndone>[0], string[]]>([
    ["the work's own changes", { merged: paths("M a", "A b"), work: paths("M a", "A b"), landed: [] }, []],
    ["a file that landed is gone", { merged: paths("M a", "D new"), work: paths("M a"), landed: paths("A new") }, ["new"]],
    ["a file that landed is as it was", { merged: paths("M a", "M b"), work: paths("M a"), landed: paths("M b") }, ["b"]],
    ["a file that main removed is back", { merged: paths("A b"), work: paths("M a"), landed: paths("D b") }, ["b"]],
    ["main renamed what the work changes", { merged: paths("M to"), work: paths("M from"), landed: paths("D from", "A to") }, []],
    [
      "one rename excuses one file",
      { merged: paths("M to", "M other"), work: paths("M from"), landed: paths("D from", "A to", "A other") },
      ["to", "other"],
    ],
    ["a rename excuses no removal", { merged: paths("D to"), work: paths("M from"), landed: paths("D from", "A to") }, ["to"]],
    ["the work renames what main changed", { merged: paths("D x", "A y"), work: paths("D x", "A y"), landed: paths("M x") }, []],
  ])("%s", (_name, args, undone) => {
    expect(findUndone(args)).toEqual(undone);
  });
});
