import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCitation, renderCitation } from "../../../src/core/knowledge/parse-citation.ts";
import { parsePage } from "../../../src/core/knowledge/parse-page.ts";

const id = "0123456789abcdef0123456789abcdef01234567";

const sample = `---
title: Releases
kind: pattern
owner: music
authority: verified
updated: 2026-11-01
---

# Releases

How we release records.

## Claims

- Masters are due 14 days before release.[^c1]
- Singles come out on Fridays [^c2][^c9]
  - unless a holiday says otherwise
- [Press](press.md)
- ~~Singles come out on Mondays~~ (superseded 2026-11-02)[^c1]

The plant needs \\[^no\\] notice[^c3].

[^c1]: ticket MUS-3 "Masters are due 14 days"
[^c2]: commit ${id} docs/a b.md#L3-L5 "on \\"Fridays\\" [^x]"
[^c3]: hearsay
[^c3]: operator 2026-11-01
`;

test("K1: claims are read with their line, heading and footnotes", () => {
  const page = parsePage(sample);
  expect(page.claims.map(({ line, text, footnotes, heading, superseded }) => ({ line, text, footnotes, heading, superseded }))).toEqual([
    { line: 15, text: "Masters are due 14 days before release.", footnotes: ["c1"], heading: "Claims", superseded: false },
    { line: 16, text: "Singles come out on Fridays", footnotes: ["c2", "c9"], heading: "Claims", superseded: false },
    { line: 17, text: "unless a holiday says otherwise", footnotes: [], heading: "Claims", superseded: false },
    { line: 19, text: "Singles come out on Mondays", footnotes: ["c1"], heading: "Claims", superseded: true },
    { line: 21, text: "The plant needs [^no] notice.", footnotes: ["c3"], heading: "Claims", superseded: false },
  ]);
  expect(page.matter?.data).toMatchObject({ title: "Releases", updated: "2026-11-01" });
  expect(page.matter?.lineOf("owner")).toBe(4);
});

test("K1: footnotes are read as citations, what is none says why", () => {
  const page = parsePage(sample);
  expect(page.footnotes.map(({ id, line, citation, problem, repeated }) => ({ id, line, citation, problem, repeated }))).toEqual([
    { id: "c1", line: 23, citation: { kind: "ticket", ticket: "MUS-3", quote: "Masters are due 14 days" }, repeated: false },
    {
      id: "c2",
      line: 24,
      citation: { kind: "commit", commit: id, path: "docs/a b.md", from: 3, to: 5, quote: 'on "Fridays" [^x]' },
      repeated: false,
    },
    { id: "c3", line: 25, problem: 'a source is a ticket, a commit, an artifact or the operator, not "hearsay"', repeated: false },
    { id: "c3", line: 26, citation: { kind: "operator", date: "2026-11-01" }, repeated: true },
  ]);
});

test.each([
  ["commit abc123 a.md#L1", "abc123 is not a full commit id"],
  [`commit ${id} ../a.md#L1`, "../a.md is not a path inside the repository"],
  [`commit ${id} a.md#L5-L3`, "lines 5 to 3 are not a span"],
  [`commit ${id} a.md`, "a commit is cited as"],
  ["ticket twelve", "a ticket is cited as"],
  ["operator 2026-02-31", "the operator is cited with a day"],
  ["artifact", "an artifact is cited as"],
  ["", "a source is a ticket"],
])("K1: %j is no citation, and the reason names it", (raw, reason) => {
  const parsed = parseCitation(raw);
  expect(parsed.kind === "problem" && parsed.problem).toContain(reason);
});

test("K4: a citation that is written is read back the same, whatever its quote holds", () => {
  const quote = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 80 })
    .map((text) => text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim())
    .filter((text) => text !== "");
  fc.assert(
    fc.property(quote, (text) => {
      const citation = { kind: "commit" as const, commit: id, path: "docs/a b.md", from: 2, to: 4, quote: text };
      expect(parseCitation(renderCitation(citation))).toEqual({ kind: "citation", citation });
    }),
  );
});
