import { expect, test } from "vitest";
import { describeEnd, type Stopped } from "../../../src/app/client/describe-end.ts";
import type { ClientRunResult } from "../../../src/app/run-client.ts";
import type { ClientReading } from "../../../src/port/agent-client.ts";

const reading: ClientReading = {
  ...{ text: "All is done.", turns: 2, toolCalls: {}, ended: true, strange: 0 },
  usage: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 },
};
const clean: ClientRunResult = {
  ...{ exitCode: 0, endedBy: "exit", transcript: "", runCalls: [], denials: [], toolCalls: {}, requests: 2, refused: [] },
  usage: { inputTokens: 1, outputTokens: 1 },
  spent: { requests: 2, inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 },
  ...{ flooded: false, printedSecret: false, leaks: [], stderr: "", reading },
};
const output = { outcome: "done" };
const end = (more: Partial<ClientRunResult>, how: { stopped?: Stopped; aborted?: boolean } = {}) =>
  describeEnd({ client: "claude", result: { ...clean, ...more }, aborted: false, ...how });
const fault = { failure: "died", message: "connection lost" } as const;
const busy = { status: 429, retryAfterMs: 9000 };

test("C14: a success with its output is done, by either way; without it is no-output", () => {
  expect(end({ reading: { ...reading, output } })).toEqual({ kind: "done", output, text: "All is done." });
  expect(end({ handedIn: { output } })).toMatchObject({ kind: "done", output });
  expect(end({})).toMatchObject({ kind: "failed", failure: "no-output" });
});

test.each<[string, Partial<ClientRunResult>, Parameters<typeof end>[1], string]>([
  ["a secret in the tree, whatever else", { leaks: ["a.txt"], handedIn: { output } }, { aborted: true }, "secret"],
  ["the signal", { endedBy: "abort", exitCode: null }, { aborted: true }, "cancelled"],
  ["a word of a budget's", { endedBy: "abort", exitCode: null }, { stopped: { failure: "budget", message: "spent" } }, "budget"],
  ["the wall", { endedBy: "timeout", exitCode: null }, {}, "timeout"],
  ["the wall, while the provider is busy", { endedBy: "timeout", exitCode: null, busy }, {}, "rate-limit"],
  ["a flood, though it handed in", { flooded: true, endedBy: "abort", exitCode: null, handedIn: { output } }, {}, "flood"],
  ["memory", { endedBy: "memory-limit", exitCode: null }, {}, "died"],
  ["an error that it tells, after it handed in", { handedIn: { output }, reading: { ...reading, fault }, exitCode: 1 }, {}, "died"],
  [
    "an error that it tells, which the provider made",
    { reading: { ...reading, fault }, exitCode: 1, busy: { status: 529 } },
    {},
    "overload",
  ],
  ["a code of its own", { exitCode: 3, handedIn: { output } }, {}, "died"],
  ["a key that is refused", { exitCode: 1, busy: { status: 401 } }, {}, "refused-by-provider"],
  ["lines that are none of the protocol", { reading: { ...reading, ended: false, strange: 4 } }, {}, "malformed"],
  ["nothing at all", { reading: { ...reading, ended: false, turns: 0 } }, {}, "malformed"],
])("C15: %s is told apart", (_, result, how, failure) => {
  expect(end(result, how)).toMatchObject({ kind: "failed", failure });
});

test("C15: when to come back is passed on, and a leak refuses the work with its places", () => {
  expect(end({ endedBy: "timeout", exitCode: null, busy })).toMatchObject({ retryAfterMs: 9000 });
  expect(end({ leaks: ["a.txt"] })).toMatchObject({ refusal: { message: expect.stringContaining("a.txt") } });
});
