import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Authority, Citation } from "../../../src/contract/knowledge.ts";
import { addClaim, type NewClaim } from "../../../src/core/knowledge/add-claim.ts";
import { checkPage, wikiFilesOf } from "../../../src/core/knowledge/check-page.ts";
import { normaliseClaim } from "../../../src/core/knowledge/normalise-text.ts";
import { parsePage } from "../../../src/core/knowledge/parse-page.ts";
import { listInIndex, startPage } from "../../../src/core/knowledge/start-page.ts";
import { readSeed, scaleRuns } from "../../support/read-seed.ts";

const ticket = (id: string, quote?: string): Citation => ({ kind: "ticket", ticket: id, ...(quote === undefined ? {} : { quote }) });
const given = (claim: string, more: Partial<NewClaim> = {}): NewClaim => ({
  claim,
  citations: [ticket("MUS-1", "as said")],
  authority: "distilled",
  updated: "2026-11-20",
  ...more,
});

function pageOf(args: { authority?: Authority; body?: string; newline?: string } = {}): string {
  const head = `---\ntitle: History\nkind: history\nowner: music\nauthority: ${args.authority ?? "distilled"}\nupdated: 2026-11-01\n---\n`;
  const body =
    args.body ??
    "\n# History\n\nNewest last.\n\n## Claims\n\n- Masters are due 14 days before release. [^c1]\n\n[^c1]: operator 2026-10-01\n";
  return (head + body).replaceAll("\n", args.newline ?? "\n");
}

/** Lines of `after` that are not `before`'s, in order; fails when a line of `before` is missing. */
function insertedLines(before: string, after: string): string[] {
  const old = before.split("\n");
  const inserted: string[] = [];
  let at = 0;
  for (const line of after.split("\n")) {
    if (line === old[at]) at += 1;
    else inserted.push(line);
  }
  expect(old.slice(at)).toEqual([]);
  return inserted;
}

const untouched = (text: string) => text.replace(/^updated: .*$/m, "updated: X");

test("K1: a claim is added at the end of the claims, its source below, and the rest stays", () => {
  const edit = addClaim(pageOf(), given("Singles come out on Fridays"));
  expect(edit.kind).toBe("added");
  expect(edit.kind !== "refused" && edit.text).toBe(
    pageOf()
      .replace("updated: 2026-11-01", "updated: 2026-11-20")
      .replace("release. [^c1]\n", "release. [^c1]\n- Singles come out on Fridays [^c2]\n")
      .replace("2026-10-01\n", '2026-10-01\n[^c2]: ticket MUS-1 "as said"\n'),
  );
});

test("K5: the same fact twice is one claim with two sources, three times changes nothing", () => {
  const first = addClaim(pageOf(), given("masters are due 14 days before the release"));
  expect(first.kind).toBe("joined");
  if (first.kind === "refused") return;
  expect(first.text).toContain("- Masters are due 14 days before release. [^c1][^c2]\n");
  expect(addClaim(first.text, given("masters are due 14 days before the release"))).toEqual({ kind: "unchanged", text: first.text });
});

test("K1: a lower authority never adds to a page or overwrites it; an equal or higher one does", () => {
  const strict = pageOf({ authority: "operator" });
  expect(addClaim(strict, given("Singles come out on Fridays"))).toMatchObject({ kind: "refused" });
  expect(addClaim(strict, given("x", { authority: "verified", supersedes: "Masters are due 14 days before release." }))).toMatchObject({
    kind: "refused",
    reason: "the page is operator, the claim only verified",
  });
  expect(addClaim(strict, given("Singles come out on Fridays", { authority: "operator" }))).toMatchObject({ kind: "added" });
  expect(addClaim(strict, given("Masters are due 14 days before release"))).toMatchObject({ kind: "joined" });
});

test("K3: what is superseded is struck through with the day, never deleted", () => {
  const page = pageOf().replace("operator 2026-10-01", "ticket MUS-9");
  const newer = given("Masters are due 20 days before release", { supersedes: "masters are due 14 days before release" });
  const edit = addClaim(page, newer);
  expect(edit.kind).toBe("superseded");
  if (edit.kind === "refused") return;
  expect(edit.text).toContain("- ~~Masters are due 14 days before release.~~ (superseded 2026-11-20) [^c1]\n- Masters are due 20 days");
  expect(parsePage(edit.text).claims.map(({ text, superseded }) => [text, superseded])).toEqual([
    ["Masters are due 14 days before release.", true],
    ["Masters are due 20 days before release", false],
  ]);
  expect(addClaim(page, given("x y z", { supersedes: "nobody said this" }))).toMatchObject({ kind: "refused" });
});

test("K1: a claim that the operator stands behind is superseded by the operator alone, on whatever page", () => {
  const newer = given("Masters are due 20 days before release", { supersedes: "masters are due 14 days before release" });
  expect(addClaim(pageOf(), newer)).toMatchObject({ kind: "refused", reason: expect.stringContaining("the operator stands behind") });
  expect(addClaim(pageOf(), { ...newer, authority: "operator" })).toMatchObject({ kind: "superseded" });
});

describe("K1: every other byte of a page stays", () => {
  const bodies = [
    pageOf(),
    pageOf({ newline: "\r\n" }),
    pageOf({ body: "\n# History" }),
    pageOf({ body: "" }),
    pageOf({ body: "\n* a [^c1]\n\n* b [^c1]\n\ntext\n\n[^c1]: operator 2026-10-01" }),
    pageOf({ body: "\n1. first [^c1]\n2. second [^c1]\n\n[^c1]: operator 2026-10-01\n\nafter\n" }),
    pageOf({ body: "\n  - nested\n      - deep [^c1] \t\n\n[^c1]: operator 2026-10-01\n\n```\ncode\n```" }),
    pageOf({ body: "\n| a | b |\n| - | - |\n| x | y [^c1] |\n\n[^c1]: operator 2026-10-01\n" }),
    pageOf({ body: "\n- über – “Ünïcode” 日本 [^c7]\n  lazy\ncontinuation\n\n[^c7]: operator 2026-10-01\n[^c2]: operator 2026-10-02\n" }),
  ];
  test.each(bodies)("page %#", (page) => {
    const edit = addClaim(page, given("Singles come out on Fridays"));
    expect(edit.kind).toBe("added");
    if (edit.kind === "refused") return;
    const inserted = insertedLines(untouched(page), untouched(edit.text)).map((line) => line.trim());
    expect(inserted.filter((line) => line !== "" && !line.includes("Singles come out") && !line.startsWith("[^c"))).toEqual([]);
    const claims = parsePage(edit.text).claims.map((claim) => claim.text);
    expect(claims).toEqual([...parsePage(page).claims.map((claim) => claim.text), "Singles come out on Fridays"]);
    const problems = (text: string) => checkPage("wiki/p.md", wikiFilesOf({ texts: new Map([["wiki/p.md", text]]), paths: ["wiki/p.md"] }));
    expect(problems(edit.text).map(({ kind, problem }) => [kind, problem])).toEqual(
      problems(page).map(({ kind, problem }) => [kind, problem]),
    );
  });
});

describe("K1: whatever words a claim has, the page shows them as words", () => {
  const markup = fc.constantFrom(
    ..."# - * + > 1. [x](http://evil) [^c1] ![i](j) <script> </b> ~~ ** __ _ ` `` | --- === \\ &lt; :: @x www.x.io a_b ```".split(" "),
    "[^c1]: operator 2026-01-01",
    "\n\n",
    "---",
    "- [x]",
    "\u202e",
    "end",
  );
  const words = fc.array(fc.oneof(markup, fc.string({ unit: "grapheme", maxLength: 8 }), fc.lorem({ maxCount: 2 })), {
    minLength: 1,
    maxLength: 8,
  });
  const seed = readSeed();
  const numRuns = scaleRuns({ short: 300, long: 2000 });
  test(`seed ${seed}`, { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(words, (parts) => {
        const claim = parts.join(" ");
        const edit = addClaim(pageOf(), given(claim));
        fc.pre(edit.kind === "added");
        if (edit.kind !== "added") return;
        const page = parsePage(edit.text);
        expect(page.claims).toHaveLength(2);
        expect(normaliseClaim(page.claims[1]?.text ?? "")).toBe(normaliseClaim(claim.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")));
        expect(page.claims[1]?.footnotes).toEqual(["c2"]);
        expect(page.footnotes).toHaveLength(2);
        expect(page.headings).toHaveLength(2);
        expect(insertedLines(untouched(pageOf()), untouched(edit.text))).toHaveLength(2);
        expect(page.links.filter((link) => !/^(https?:\/\/|mailto:)/.test(link.url))).toEqual([]);
      }),
      { seed, numRuns },
    );
  });
  test(`seed ${seed}: few are refused`, { timeout: 120_000 }, () => {
    const edits = fc.sample(words, { seed, numRuns }).map((parts) => addClaim(pageOf(), given(parts.join(" "))));
    const refused = edits.filter((edit) => edit.kind === "refused" && edit.reason.startsWith("the page's form"));
    expect(refused.length).toBeLessThan(numRuns / 8);
  });
});

test("K1: a new page is valid, and the index lists it once", () => {
  const text = startPage(
    { title: "A: #1", kind: "history", owner: "music", authority: "distilled", updated: "2026-11-20" },
    "What was done.",
  );
  const index = listInIndex("# Wiki\n\n- [Home](home.md)\n\nEnd.\n", { path: "wiki/a b.md", title: "A: #1" });
  expect(index).toBe("# Wiki\n\n- [Home](home.md)\n- [A: #1](a%20b.md)\n\nEnd.\n");
  expect(listInIndex(index, { path: "wiki/a b.md", title: "A" })).toBe(index);
  expect(listInIndex(undefined, { path: "wiki/h.md", title: "H" })).toBe("# Wiki\n\n- [H](h.md)\n");
  const files = wikiFilesOf({ texts: new Map([["wiki/a b.md", text]]), paths: ["wiki/a b.md"] });
  expect(checkPage("wiki/a b.md", files)).toEqual([]);
  expect(addClaim(text, given("First."))).toMatchObject({
    kind: "added",
    text: expect.stringContaining("## Claims\n\n- First. [^c1]\n\n[^c1]: ticket"),
  });
});
