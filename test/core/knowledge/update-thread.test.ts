import { expect, test } from "vitest";
import { readMatter } from "../../../src/core/knowledge/read-matter.ts";
import { isLandingsWord, threadAfterLanding, threadOf, updateThreadStatus } from "../../../src/core/knowledge/update-thread.ts";

const thread =
  "---\n# where we are\nstatus: waiting\nnext: call the plant   # soon\ndue: 2026-12-01\nupdated: 2026-11-01\n---\n# Release\n\nstatus: not this one\n";
const ticket = { id: "MUS-3", title: 'Say: "it\'s #1" \n---\nstatus: done' };

test("K8: only the values change; comments, other keys and the text stay", () => {
  expect(updateThreadStatus(thread, { status: "done", next: "nothing", updated: "2026-11-20" })).toBe(
    thread
      .replace("status: waiting", "status: done")
      .replace("next: call the plant   # soon", "next: nothing")
      .replace("2026-11-01", "2026-11-20"),
  );
  expect(updateThreadStatus("# Bare\n", { updated: "2026-11-20" })).toBe("---\nupdated: 2026-11-20\n---\n\n# Bare\n");
});

test("K8: after a landing the next step is the next ticket, or to decide what follows; a title stays text", () => {
  const alone = threadAfterLanding({ text: thread, ticket, open: [], writtenByTicket: false, today: "2026-11-20" });
  expect(readMatter(alone)?.data).toEqual({
    status: "active",
    next: `decide what follows MUS-3: Say: "it's #1" --- status: done`,
    due: "2026-12-01",
    updated: "2026-11-20",
  });
  const more = threadAfterLanding({
    text: thread,
    ticket,
    open: [{ id: "MUS-4", title: "Print" }],
    writtenByTicket: false,
    today: "2026-11-20",
  });
  expect(readMatter(more)?.data).toMatchObject({ status: "active", next: "land MUS-4: Print" });
  expect(threadAfterLanding({ text: thread, ticket, open: [], writtenByTicket: true, today: "2026-11-20" })).toBe(
    thread.replace("updated: 2026-11-01", "updated: 2026-11-20"),
  );
});

test("K8: each line keeps the end that it has; what cannot be read back as it is meant stays as it is", () => {
  const values = { status: "done", next: "nothing", updated: "2026-11-20" } as const;
  const expected = thread
    .replace("status: waiting", "status: done")
    .replace("next: call the plant   # soon", "next: nothing")
    .replace("2026-11-01", "2026-11-20");
  const crlf = (text: string) => text.replaceAll("\n", "\r\n");
  expect(updateThreadStatus(crlf(thread), values)).toBe(crlf(expected));
  const mixed = thread.replace("# Release\n", "# Release\r\n").replace("due: 2026-12-01\n", "due: 2026-12-01\r\n");
  expect(updateThreadStatus(mixed, values)).toBe(
    expected.replace("# Release\n", "# Release\r\n").replace("due: 2026-12-01\n", "due: 2026-12-01\r\n"),
  );
  for (const text of [
    thread.replace("status:", '"status":'),
    thread.replace("status: waiting", "{status: waiting}"),
    thread.replace("call the plant", "call \uFFFD"),
    thread.replace("next: call the plant   # soon", "next: |\n  call\n\n  the plant"),
    `\uFEFF${thread}`,
  ])
    expect(updateThreadStatus(text, values), text).toBe(text);
});

test("K8: what landings said of a thread is told from what a hand wrote", () => {
  const landed = (text: string) => threadAfterLanding({ text, ticket, open: [], writtenByTicket: false, today: "2026-11-20" });
  expect(isLandingsWord({ before: thread, after: landed(thread) })).toBe(true);
  expect(isLandingsWord({ before: thread, after: landed(landed(thread)) })).toBe(true);
  for (const after of [
    thread,
    landed(thread).replace("# Release", "# A release"),
    landed(thread).replace("status: active", "status: done"),
    landed(thread.replace("due: 2026-12-01", "due: 2026-12-02")),
  ])
    expect(isLandingsWord({ before: thread, after })).toBe(false);
});

test("K8: a ticket serves a thread, and no other file", () => {
  expect(
    ["threads/a.md", "wiki/a.md", "threads/a/b.md", "check.sh", undefined].map((path) =>
      threadOf(path === undefined ? {} : { thread: path }),
    ),
  ).toEqual(["threads/a.md", ...[undefined, undefined, undefined, undefined]]);
});
