import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isInsideTouches } from "../../../src/core/schedule/is-inside-touches.ts";
import { type PathClaim, pathsOverlap } from "../../../src/core/schedule/paths-overlap.ts";
import { readSeed } from "../../support/read-seed.ts";

const seed = readSeed();
const overlap = (a: string[], b: string[]): boolean => pathsOverlap({ touches: a }, { touches: b });

describe("isInsideTouches", () => {
  test.each([
    ["docs/a.md", [], true, "none declared: the whole repository"],
    ["docs/a.md", ["docs/"], true, "a trailing slash: everything below"],
    ["docs/deep/.hidden/a.md", ["docs/"], true, "dot files too"],
    ["docs", ["docs/"], false, "not the folder's own name as a file"],
    ["docs-old/a.md", ["docs/"], false, "not a folder that begins alike"],
    ["docs/a.md", ["docs"], false, "without the slash it is a file"],
    ["a.md", ["*.md"], true, "* within a segment"],
    ["docs/a.md", ["*.md"], false, "* does not cross a slash"],
    ["docs/x/a.md", ["docs/**/*.md"], true, "** crosses"],
    ["docs/a.md", ["docs/**/*.md"], true, "** may be nothing"],
    ["a1.md", ["a?.md"], true, "? is one sign"],
    [".env", ["*"], true, "* takes dot files"],
    ["app/[slug]/page.tsx", ["app/[slug]/page.tsx"], true, "brackets stand for themselves"],
    ["app/s/page.tsx", ["app/[slug]/page.tsx"], false, "brackets are no class"],
    ["app/(shop)/a.ts", ["app/(shop)/"], true, "parentheses stand for themselves"],
    ["src/{a,b}.ts", ["src/{a,b}.ts"], true, "braces stand for themselves"],
    ["src/a.ts", ["src/{a,b}.ts"], false, "braces are no choice"],
    ["a.md", ["!b.md"], false, "! does not negate"],
    ["!b.md", ["!b.md"], true, "! stands for itself"],
    ["routes/+page.svelte", ["routes/+page.svelte"], true, "+ stands for itself"],
    ["a+b$c^d|e.txt", ["a+b$c^d|e.txt"], true, "so do + $ ^ |"],
    ["@scope/x/a", ["@scope/x/"], true, "so does @"],
    ["wiki/Grüße und mehr.md", ["wiki/Grüße und mehr.md"], true, "spaces and Unicode"],
    ["README.md", ["readme.md"], false, "letter case counts"],
  ])("T7: %s within %j is %s (%s)", (path, touches, expected) => {
    expect(isInsideTouches(path, touches)).toBe(expected);
  });
});

describe("pathsOverlap", () => {
  test.each([
    [[], ["a.md"], true],
    [[], [], true],
    [["a.md"], ["b.md"], false],
    [["docs/"], ["src/"], false],
    [["docs/"], ["docs/a.md"], true],
    [["docs/*.md"], ["docs/*.txt"], false],
    [["docs/a*"], ["docs/*b"], true],
    [["docs/**/x.md"], ["docs/y/"], true],
    [["docs"], ["docs/a.md"], true],
    [["README.md"], ["readme.md"], true],
    [["**/*.ts"], ["src/a.js"], false],
    [["a?c"], ["abc"], true],
    [["a?c"], ["ac"], false],
    [["src/a/**"], ["src/*/b"], true],
    [["é.md"], ["é.md"], true],
    [["[ab].md"], ["a.md"], false],
  ])("T7a: %j and %j overlap: %s, either way round", (a, b, expected) => {
    expect(overlap(a, b)).toBe(expected);
    expect(overlap(b, a)).toBe(expected);
  });

  test("T7b: a file that both only append to does not serialise; one that either edits does", () => {
    const a: PathClaim = { touches: ["src/a.ts", "CHANGELOG.md"], appends: ["CHANGELOG.md"] };
    const b: PathClaim = { touches: ["src/b.ts", "CHANGELOG.md"], appends: ["CHANGELOG.md"] };
    expect(pathsOverlap(a, b)).toBe(false);
    expect(pathsOverlap(a, { ...b, appends: [] })).toBe(true);
    expect(pathsOverlap(a, { ...b, touches: ["src/", "CHANGELOG.md"] })).toBe(true);
  });

  test("T7b: a generated file that both make by the same command does not serialise", () => {
    const lock = { path: "package-lock.json", run: "npm install --package-lock-only" };
    const a: PathClaim = { touches: ["a/package.json", "package-lock.json"], generates: [lock] };
    const b: PathClaim = { touches: ["b/package.json", "package-lock.json"], generates: [lock] };
    expect(pathsOverlap(a, b)).toBe(false);
    expect(pathsOverlap(a, { ...b, generates: [{ ...lock, run: "true" }] })).toBe(true);
    expect(pathsOverlap(a, { ...b, generates: [] })).toBe(true);
  });

  const name = fc.stringMatching(/^[ab.[\]{}]{1,3}$/).filter((text) => text !== "." && text !== "..");
  const segment = fc.oneof(
    name,
    fc.stringMatching(/^[ab*?]{1,3}$/).filter((text) => text !== "***"),
  );
  const pattern = fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([parts, below]) => parts.join("/") + (below ? "/" : ""));
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));

  test(`T7a: two claims that hold one path overlap (seed ${seed})`, () => {
    let both = 0;
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 3 }), fc.array(pattern, { maxLength: 3 }), path, (a, b, file) => {
        if (!isInsideTouches(file, a) || !isInsideTouches(file, b)) return;
        both += 1;
        expect(overlap(a, b)).toBe(true);
      }),
      { seed, numRuns: 5000 },
    );
    expect(both).toBeGreaterThan(100);
  });

  test(`T7: overlap is symmetric (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 3 }), fc.array(pattern, { maxLength: 3 }), (a, b) => overlap(a, b) === overlap(b, a)),
      { seed, numRuns: 2000 },
    );
  });
});
