import { expect, test } from "vitest";
import type { Citation } from "../../../src/contract/knowledge.ts";
import { checkCitation } from "../../../src/core/knowledge/check-citation.ts";
import { findSpans } from "../../../src/core/knowledge/find-spans.ts";
import type { Lookup, Sources } from "../../../src/core/knowledge/sources.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const then = "# Plan\n\nPress 300 copies\nin Leipzig, \u201cthe old plant\u201d.\n\nShip in May.\n";

/** One repository: what `docs/plan.md` said at the commit, and every file as it is now. */
function sourcesOf(now: Record<string, string>): Sources {
  const lookup = (text: string | undefined): Lookup =>
    text === undefined ? { kind: "absent", reason: "not there" } : { kind: "text", text };
  return {
    place: async (id) => (id === commit ? { repository: "home", tip: commit } : undefined),
    fileAt: async (id, path) => lookup(id === commit && (path === "docs/plan.md" || path === "wiki/plan.md") ? then : undefined),
    fileNow: async (_id, path) => lookup(now[path]),
    filesWith: async (_id, line) => Object.keys(now).filter((path) => line !== "" && now[path]?.includes(line)),
    ticket: async (id) => lookup(id === "MUS-1" ? "Learned: the plant needs six weeks" : undefined),
    artifact: async () => ({ kind: "unreachable", reason: "no store here" }),
  };
}

const cite = (args: { from: number; to?: number; quote?: string; path?: string }): Citation => ({
  kind: "commit",
  commit,
  path: args.path ?? "docs/plan.md",
  from: args.from,
  to: args.to ?? args.from,
  ...(args.quote === undefined ? {} : { quote: args.quote }),
});
const quoted = cite({ from: 3, to: 4, quote: 'copies in Leipzig, "the old plant"' });

test("K4: ok while the source is as it was, and while the lines still say it", async () => {
  expect(await checkCitation(quoted, sourcesOf({ "docs/plan.md": then }))).toEqual({ kind: "ok" });
  expect(await checkCitation(quoted, sourcesOf({ "docs/plan.md": then.replace("May", "June") }))).toEqual({ kind: "ok" });
  expect(await checkCitation(cite({ from: 3 }), sourcesOf({ "docs/plan.md": then }))).toEqual({ kind: "ok" });
});

test("K4: moved when the words stand in other lines or another file now", async () => {
  expect(await checkCitation(quoted, sourcesOf({ "docs/plan.md": `New first line\n${then}` }))).toEqual({
    kind: "moved",
    path: "docs/plan.md",
    from: 4,
    to: 5,
  });
  expect(await checkCitation(quoted, sourcesOf({ "docs/plan.md": "# Plan\n", "docs/press.md": then }))).toEqual({
    kind: "moved",
    path: "docs/press.md",
    from: 3,
    to: 4,
  });
  expect(await checkCitation(quoted, sourcesOf({ "docs/press.md": then }))).toMatchObject({ kind: "moved", path: "docs/press.md" });
});

test("K4: stale when nothing says it any more; the wiki is no second source", async () => {
  const changed = then.replace("Leipzig", "Prague");
  expect(await checkCitation(quoted, sourcesOf({ "docs/plan.md": changed, "wiki/plan.md": then }))).toEqual({
    kind: "stale",
    reason: 'docs/plan.md no longer says "copies in Leipzig, \\"the old plant\\""',
  });
  expect(await checkCitation(quoted, sourcesOf({}))).toEqual({ kind: "stale", reason: "docs/plan.md is gone" });
});

test("K4: missing when there is no such source or it never said so", async () => {
  const sources = sourcesOf({ "docs/plan.md": then });
  expect(await checkCitation(cite({ from: 3, quote: "400 copies" }), sources)).toMatchObject({ kind: "missing" });
  expect(await checkCitation(cite({ from: 2 }), sources)).toMatchObject({ kind: "missing" });
  expect(await checkCitation(cite({ from: 99 }), sources)).toMatchObject({ kind: "missing" });
  expect(await checkCitation(cite({ from: 1, path: "docs/none.md" }), sources)).toMatchObject({ kind: "missing" });
  expect(await checkCitation(cite({ from: 3, path: "wiki/plan.md" }), sources)).toMatchObject({ kind: "missing" });
  expect(await checkCitation({ kind: "ticket", ticket: "MUS-1", quote: "needs two weeks" }, sources)).toMatchObject({ kind: "missing" });
  expect(await checkCitation({ kind: "ticket", ticket: "MUS-9" }, sources)).toMatchObject({ kind: "missing" });
});

test("K4: a ticket is quoted from its record; what cannot be looked up from here is not called missing", async () => {
  const sources = sourcesOf({});
  expect(await checkCitation({ kind: "ticket", ticket: "MUS-1", quote: "the plant  needs six weeks" }, sources)).toEqual({ kind: "ok" });
  expect(await checkCitation({ kind: "artifact", artifact: "session:1:music", quote: "x" }, sources)).toMatchObject({ kind: "unchecked" });
  expect(await checkCitation({ kind: "operator", date: "2026-11-01" }, sources)).toEqual({ kind: "ok" });
});

test("K4: spans are the lines that say the quote, blank lines and line breaks aside", () => {
  expect(findSpans("a\nb c\n\nd e\nb c", "b c")).toEqual([
    { from: 2, to: 2 },
    { from: 5, to: 5 },
  ]);
  expect(findSpans("a\nb c\n\nd e\n", "c d")).toEqual([{ from: 2, to: 4 }]);
  expect(findSpans("a", "")).toEqual([]);
});
