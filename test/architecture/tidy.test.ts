import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const everything = globSync(["**"], {
  cwd: root,
  dot: true,
  ignore: ["**/node_modules/**", "**/.git", "**/.git/**", "dist/**", ".cache/**", "**/__pycache__/**", "**/.pytest_cache/**", "**/.mos/**"],
}).sort();
const fixtures = /^test\/(fixture|architecture\/fixture)\//;
const code = everything.filter((path) => /^(src|test|bench|attack)\/.*\.(ts|mjs|cjs)$/.test(path) && !fixtures.test(path));
const source = code.filter((path) => path.startsWith("src/"));
const read = (path: string) => readFileSync(join(root, path), "utf8");

const columnsMax = 160;
const blobBytesMax = 256 * 1024;
const fileLinesMax = 400;

describe("the house is tidy", () => {
  test("no line is wider than a screen", () => {
    const wide = code.flatMap((path) =>
      read(path)
        .split("\n")
        // A string or a regular expression is not broken to fit.
        .flatMap((line, at) => (line.length > columnsMax && !/["'`]|^\s*\/.*\/[gimsu]*;$/.test(line) ? [`${path}:${at + 1}`] : [])),
    );
    expect(wide).toEqual([]);
  });

  test("no file is longer than 400 lines, unless its head says why", () => {
    const long = code.filter((path) => {
      const lines = read(path).split("\n");
      return lines.length > fileLinesMax && !lines.slice(0, 10).some((line) => /long because/i.test(line));
    });
    expect(long).toEqual([]);
  });

  test("nothing large is kept", () => {
    expect(everything.filter((path) => path !== "package-lock.json" && statSync(join(root, path)).size > blobBytesMax)).toEqual([]);
  });

  test("no dead files: empty ones, editors' and merges' leavings, switched-off tests", () => {
    const leavings = everything.filter((path) => /(\.orig|\.rej|\.bak|\.swp|~|\.DS_Store|\.only)$/.test(path));
    const empty = code.filter((path) => read(path).trim() === "");
    const switchedOff = code.filter(
      (path) => /\b(test|it|describe)\.(only|todo)\(/.test(read(path)) && path !== "test/architecture/tidy.test.ts",
    );
    expect({ leavings, empty, switchedOff }).toEqual({ leavings: [], empty: [], switchedOff: [] });
  });

  test("names are kebab-case, and none is a drawer for anything", () => {
    const odd = code.filter((path) => path.split("/").some((part) => !/^[a-z0-9]+([.-][a-z0-9]+)*$/.test(part)));
    const drawers = code.filter((path) => /(^|\/)(util|utils|helper|helpers|common|misc|lib)(\/|\.)/.test(path));
    expect({ odd, drawers }).toEqual({ odd: [], drawers: [] });
  });

  test("only entry/ prints, exits or reads the environment", () => {
    const uses = source.filter(
      (path) =>
        !path.startsWith("src/entry/") && /\bprocess\.(env|exit|exitCode|argv|stdout|stderr|stdin)\b/.test(withoutTemplates(read(path))),
    );
    expect(uses).toEqual([]);
  });
});

/** A program that is written out as text for another process may do what it likes there. */
function withoutTemplates(text: string): string {
  return text.replace(/`[^`]*`/g, "``");
}
