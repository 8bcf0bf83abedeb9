import { describe, expect, test, vi } from "vitest";
import { makePaint } from "../../../../src/entry/cli/show/paint.ts";
import { makeProgressView } from "../../../../src/entry/cli/show/show-progress.ts";

function open(mode: "live" | "plain" | "silent") {
  const written: string[] = [];
  let nowMs = 0;
  const sink = { write: (text: string) => void written.push(text), columns: 60 };
  const view = makeProgressView({ mode, sink, paint: makePaint(false), nowMs: () => nowMs });
  return { view, text: () => written.join(""), pass: (ms: number) => (nowMs += ms) };
}

describe("long work", () => {
  test("piped: one plain line for each start and end, nothing redrawn", () => {
    const { view, text } = open("plain");
    view.report({ stage: "scout", domain: "music", state: "start", text: "reading" });
    view.report({ stage: "scout", domain: "music", state: "update", text: "half" });
    view.report({ stage: "scout", domain: "music", state: "done", text: "3 findings" });
    view.report({ stage: "gate", domain: "music", ticket: "MUS-1", state: "failed", text: "test is red" });
    expect(text()).toBe("scout music … reading\nscout music ok 3 findings\ngate MUS-1 FAILED test is red\n");
  });

  test("at a terminal: what is done stays, what runs is redrawn below it, and a prompt finds a clean screen", () => {
    vi.useFakeTimers();
    try {
      const { view, text, pass } = open("live");
      view.report({ stage: "execute", ticket: "MUS-1", state: "start", text: "links" });
      view.report({ stage: "execute", ticket: "AGY-1", state: "start", text: "index" });
      pass(1500);
      view.report({ stage: "execute", ticket: "MUS-1", state: "done", text: "links" });
      expect(text()).toContain("✔ execute MUS-1 links 1.5 s\n");
      const before = text().length;
      view.suspend();
      expect(text().slice(before)).toBe("\u001B[1A\u001B[0J");
      const after = text().length;
      vi.advanceTimersByTime(1000);
      expect(text().length).toBe(after);
    } finally {
      vi.useRealTimers();
    }
  });

  test("what agents say cannot steer the screen, nor break the row", () => {
    const { view, text } = open("live");
    view.report({ stage: "execute", ticket: "MUS-1", state: "done", text: `\u001B[2Jgone\n${"x".repeat(200)}` });
    expect(text()).not.toContain("\u001B[2J");
    expect(
      text()
        .split("\n")
        .every((line) => line.length <= 60),
    ).toBe(true);
    view.suspend();
  });

  test("silent says nothing", () => {
    const { view, text } = open("silent");
    view.report({ stage: "scout", state: "failed", text: "x" });
    expect(text()).toBe("");
  });
});
