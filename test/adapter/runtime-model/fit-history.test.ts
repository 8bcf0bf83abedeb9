import type { ModelMessage } from "ai";
import { describe, expect, test } from "vitest";
import { fitHistory } from "../../../src/adapter/runtime-model/fit-history.ts";

const answer = (toolCallId: string, chars: number): ModelMessage => ({
  role: "tool",
  content: [{ type: "tool-result", toolCallId, toolName: "read", output: { type: "text", value: "x".repeat(chars) } }],
});
const said: ModelMessage = { role: "assistant", content: "I look." };
const asked: ModelMessage = { role: "user", content: "Do it." };
const sizeOf = (messages: ModelMessage[]) => messages.map((message) => JSON.stringify(message).length);

describe("a conversation's bound", () => {
  test("RT33: within it nothing changes", () => {
    const messages = [asked, said, answer("1", 100)];
    expect(fitHistory(messages, 10_000)).toBe(messages);
  });

  test("RT33: over it the oldest answers of tools go first, until half is free; what was asked and said stays, and the last answer", () => {
    const messages = [asked, ...["1", "2", "3", "4"].flatMap((id) => [said, answer(id, 3000)])];
    const fitted = fitHistory(messages, 10_000);
    const sizes = sizeOf(fitted);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(6000);
    expect(fitted.map(({ role }) => role)).toEqual(messages.map(({ role }) => role));
    expect(JSON.stringify(fitted[2])).toContain("left out");
    expect(fitted.at(-1)).toEqual(messages.at(-1));
    expect(fitHistory(fitted, 10_000)).toBe(fitted);
  });

  test("RT33: a long task costs no answer of a tool its place", () => {
    const messages: ModelMessage[] = [{ role: "user", content: "x".repeat(50_000) }, said, answer("1", 3000), said, answer("2", 3000)];
    expect(fitHistory(messages, 10_000)).toBe(messages);
  });
});
