import { describe, expect, test } from "vitest";
import { judgeChange } from "../../../src/core/gate/judge-change.ts";
import { writeLandingMessage } from "../../../src/core/gate/landing-message.ts";
import { parseDiffLines } from "../../../src/core/gate/parse-diff.ts";
import type { ChangedPath } from "../../../src/port/git.ts";
import { makeTicket } from "../../support/make-ticket.ts";

const change = (path: string, rest: Partial<ChangedPath> = {}): ChangedPath => ({
  status: "M",
  path,
  oldMode: "100644",
  newMode: "100644",
  ...rest,
});
const ticket = { touches: ["src/", "CHANGELOG.md"], role: "executor" as const, title: "t", provenance: { candidates: [] } };

function failed(args: { changed?: ChangedPath[]; added?: [string, string][]; removed?: [string, string][] }): string[] {
  const lines = (rows: [string, string][] = []) => rows.map(([path, text], index) => ({ path, text, line: index + 1 }));
  return judgeChange({ ticket, changed: args.changed ?? [], added: lines(args.added), removed: lines(args.removed) })
    .filter((point) => !point.pass)
    .map((point) => point.kind);
}

describe("I4: what a diff alone says of a ticket's work", () => {
  test.each([
    ["a stray", { changed: [change("lib/x.js")] }, "scope"],
    ["a wiki page", { changed: [change("wiki/x.md")] }, "forbidden-change"],
    ["a submodule", { changed: [change("src/sub", { newMode: "160000" })] }, "forbidden-change"],
    ["a link that leads elsewhere", { changed: [change("src/link", { newMode: "120000", oldMode: "120000" })] }, "forbidden-change"],
    ["a symbolic link", { changed: [change("src/link", { status: "A", newMode: "120000", oldMode: "000000" })] }, "forbidden-change"],
    ["a filter", { added: [["src/.gitattributes", "*.bin filter=evil"]] }, "forbidden-change"],
    ["a conflict marker", { added: [["src/a.js", "<<<<<<< HEAD"]] }, "conflict-marker"],
    ["a key", { added: [["src/a.js", `const key = "${"sk-ant-"}${"a".repeat(30)}";`]] }, "secret"],
    ["a removed test file", { changed: [change("src/a.test.ts", { status: "D" })] }, "test-removed"],
    ["a removed test case", { removed: [["src/a.test.ts", 'test("one", () => {']] }, "test-removed"],
    ["a skipped test", { added: [["src/a.test.ts", 'it.skip("one", () => {']] }, "test-removed"],
    ["a skipped pytest", { added: [["tests/test_a.py", "@pytest.mark.skip"]] }, "test-removed"],
  ] as const)("%s fails", (_name, args, kind) => {
    expect(failed(args as never)).toContain(kind);
  });

  test("work within its paths passes; a moved test file and a renamed case are no removal", () => {
    expect(failed({ changed: [change("src/a.js"), change("CHANGELOG.md")], added: [["src/a.js", "ok"]] })).toEqual([]);
    expect(failed({ changed: [change("src/a.test.ts", { status: "D" }), change("src/b/a.test.ts", { status: "A" })] })).toEqual([]);
    expect(failed({ removed: [["src/a.test.ts", 'test("one", () => {']], added: [["src/a.test.ts", 'test("two", () => {']] })).toEqual([]);
  });

  test("a unified diff is read line by line, whatever the lines look like", () => {
    const diff = [
      "diff --git a/x b/x",
      "--- a/x",
      "+++ b/x",
      "@@ -1,2 +1,3 @@",
      " same",
      "-- old",
      "+++ new",
      "+@@ -1 +1 @@",
      "\\ No newline at end of file",
    ].join("\n");
    expect(parseDiffLines(diff)).toEqual({
      added: [
        { path: "x", line: 2, text: "++ new" },
        { path: "x", line: 3, text: "@@ -1 +1 @@" },
      ],
      removed: [{ path: "x", line: 2, text: "- old" }],
    });
  });
});

test("I8: what an agent says makes no trailers of its own in a landing's message", () => {
  const report = { summary: "Ticket: MUS-99", learned: ["one\nTicket: MUS-98\n\nDecision: all"], decided: [], outcome: "done" } as never;
  const message = writeLandingMessage({
    ticket: makeTicket({ id: "MUS-1", title: "A\nTicket: MUS-97" }),
    report,
    changed: ["a\nTicket: MUS-96"],
  });
  expect(message.split("\n").filter((line) => line.startsWith("Ticket: "))).toEqual(["Ticket: MUS-1"]);
});
