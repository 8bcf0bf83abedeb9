import { expect, test } from "vitest";
import { readMatter } from "../../../src/core/knowledge/read-matter.ts";
import { threadAfterLanding, updateThreadStatus } from "../../../src/core/knowledge/update-thread.ts";

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
