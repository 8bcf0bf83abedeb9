import { expect, test } from "vitest";
import { readThread } from "../../../src/core/brief/read-thread.ts";

test("S6: a thread's front matter, title and the lines they stand on", () => {
  const text = "---\nstatus: active\nnext: send the masters\ndue: 2026-11-20\nupdated: 2026-11-01\n---\n# Release plan\n\nText\n";
  expect(readThread("threads/release-plan.md", text)).toEqual({
    kind: "thread",
    thread: {
      path: "threads/release-plan.md",
      stem: "release-plan",
      title: "Release plan",
      status: "active",
      next: "send the masters",
      due: "2026-11-20",
      updated: "2026-11-01",
      lines: { status: 2, next: 3, due: 4, updated: 5 },
    },
  });
});

test.for([
  ["# no front matter\n", "it has no front matter"],
  ["---\n[1\n---\n", "its front matter cannot be read"],
  ["---\nstatus: sleeping\n---\n", 'its status is "sleeping"'],
  ["---\nstatus: active\ndue: soon\n---\n", 'its due is "soon"'],
  ["---\nstatus: active\ndue: 2026-02-30\n---\n", 'its due is "2026-02-30"'],
] as const)("S6: a thread that cannot be read says why: %s", ([text, reason]) => {
  const reading = readThread("threads/a.md", text);
  expect(reading.kind).toBe("unreadable");
  expect(reading.kind === "unreadable" && reading.reason).toContain(reason);
});
