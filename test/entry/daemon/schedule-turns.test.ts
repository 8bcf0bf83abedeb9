import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Turn } from "../../../src/app/take-turn.ts";
import { scheduleTurns } from "../../../src/entry/daemon/schedule-turns.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(new Date(2026, 10, 20, 6, 59, 30));
});
afterEach(() => vi.useRealTimers());

const scout: Turn = { kind: "scout", domain: "music", cron: "0 7 * * *" };
const distil: Turn = { kind: "distill", domain: "music", cron: "0 7 * * *" };

describe("the rhythm", () => {
  test("H12: a turn is taken at its time, and one at a time", async () => {
    let running = 0;
    const taken: string[] = [];
    const turns = scheduleTurns({
      list: async () => [scout, distil],
      take: async ({ kind }) => {
        running += 1;
        expect(running).toBe(1);
        await new Promise((settle) => setTimeout(settle, 60_000));
        running -= 1;
        taken.push(kind);
        return true;
      },
      isOwed: async () => false,
      say: () => {},
    });
    await turns.renew();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(running).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(running).toBe(1);
    await vi.advanceTimersByTimeAsync(130_000);
    expect(taken.sort()).toEqual(["distill", "scout"]);
    turns.stop();
  });

  test("H12: a turn that still runs is not taken twice, and one that fails comes again", async () => {
    const said: string[] = [];
    let taken = 0;
    const everyMinute: Turn = { ...scout, cron: "* * * * *" };
    const turns = scheduleTurns({
      list: async () => [everyMinute],
      take: async () => {
        taken += 1;
        if (taken === 1) await new Promise((settle) => setTimeout(settle, 150_000));
        if (taken === 2) throw new Error("no room");
        return false;
      },
      isOwed: async () => false,
      say: (text) => said.push(text),
    });
    await turns.renew();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(taken).toBe(1);
    await vi.advanceTimersByTimeAsync(180_000);
    expect(said.slice(0, 3)).toEqual(["scout music: nothing new", "scout music: no room", "scout music: nothing new"]);
    turns.stop();
    const before = taken;
    await vi.advanceTimersByTimeAsync(180_000);
    expect(taken).toBe(before);
  });

  test("H12: the last time that was missed is made up for once, where something is owed", async () => {
    const asked: [string, string][] = [];
    const taken: string[] = [];
    const turns = scheduleTurns({
      list: async () => [scout, distil],
      take: async ({ kind }) => taken.push(kind) > 0,
      isOwed: async ({ kind }, dueAt) => {
        asked.push([kind, dueAt.toString()]);
        return kind === "distill";
      },
      say: () => {},
    });
    await turns.renew();
    await vi.advanceTimersByTimeAsync(1_000);
    const yesterday = new Date(2026, 10, 19, 7).toString();
    expect(asked).toEqual([
      ["scout", yesterday],
      ["distill", yesterday],
    ]);
    expect(taken).toEqual(["distill"]);
    await turns.renew();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toHaveLength(2);
    expect(taken).toEqual(["distill"]);
    turns.stop();
  });
});
