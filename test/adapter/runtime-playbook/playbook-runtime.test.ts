import { expect, test } from "vitest";
import { createPlaybookRuntime } from "../../../src/adapter/runtime-playbook/playbook-runtime.ts";
import type { Ticket } from "../../../src/contract/ticket.ts";
import type { BoxResult } from "../../../src/port/box.ts";
import type { Slot, SlotRun } from "../../../src/port/slot.ts";

const result = (stdout: string, exitCode = 0): BoxResult => ({ exitCode, endedBy: "exit", stdout, stderr: "", truncated: false, ms: 1 });

const execute = (run: readonly string[], answer: (run: SlotRun) => BoxResult) =>
  createPlaybookRuntime().execute({
    ticket: { id: "MUS-1", title: "Mend links", run } as unknown as Ticket,
    slot: { run: async (given: SlotRun) => answer(given) } as unknown as Slot,
    ask: () => Promise.reject(new Error("a chore asks nothing itself")),
    readOnly: ["wiki"],
    wallMs: 60_000,
    logBase: "/nonexistent/log",
    signal: new AbortController().signal,
  });

test("PB11: what a command says it changed, decided and learned stands in the report, bounded", async () => {
  const printed = `noise\nChanged: a.md: 1 link\nLearned: b.md is now c.md\n Learned: indented is no trailer\nDecision: keep it\n${"Learned: again\n".repeat(50)}`;
  const outcome = await execute(["mos-chore fix x", "true"], ({ command }) => result(command === "true" ? "" : printed));
  expect(outcome).toMatchObject({ outcome: "done", summary: "a.md: 1 link", decided: ["keep it"] });
  expect(outcome.learned?.[0]).toBe("b.md is now c.md");
  expect(outcome.learned).toHaveLength(20);
});

test("PB11: a command that says nothing leaves the ticket's title as the summary", async () => {
  expect(await execute(["true"], () => result(""))).toMatchObject({ outcome: "done", summary: "Mend links", learned: [], decided: [] });
});
