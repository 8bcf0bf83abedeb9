import { expect, test } from "vitest";
import { RunFailure } from "../../../src/contract/agent.ts";
import { judgeFailure } from "../../../src/core/work/cause-of-failure.ts";

const run = { message: "m", clears: "it is mended" };

test.each([
  ["budget", "budget"],
  ["no-progress", "no-progress"],
  ["not-ready", "capability"],
  ["secret", "guard"],
] as const)("T14: a run that ended by %s blocks its ticket (%s), and names what clears it", (failure, kind) => {
  const judged = judgeFailure("MUS-1", { ...run, failure });
  expect(judged).toMatchObject({ kind: "block", cause: { kind, detail: "m" } });
  if (judged.kind === "block") expect(judged.cause.clears).toContain("MUS-1");
});

test("T14, T10: what the guards refused ten times is theirs, not the breaker's", () => {
  expect(judgeFailure("MUS-1", { ...run, failure: "no-progress", denied: 10 })).toMatchObject({ kind: "block", cause: { kind: "guard" } });
  expect(judgeFailure("MUS-1", { ...run, failure: "no-progress", denied: 9 })).toMatchObject({ cause: { kind: "no-progress" } });
});

test("T14: the secret's own words are told, and never the run's", () => {
  const refusal = { message: "the key stands in a.txt", hint: "Use another." };
  expect(judgeFailure("MUS-1", { ...run, failure: "secret", refusal })).toMatchObject({ cause: { detail: refusal.message } });
});

test("T15, T14: a provider's limit is waited for, and everything else fell short", () => {
  const kinds = Object.fromEntries(RunFailure.options.map((failure) => [failure, judgeFailure("MUS-1", { ...run, failure }).kind]));
  expect(kinds).toEqual({
    "no-output": "fell-short",
    "off-schema": "fell-short",
    died: "fell-short",
    timeout: "fell-short",
    flood: "fell-short",
    malformed: "fell-short",
    "refused-by-provider": "fell-short",
    cancelled: "fell-short",
    "rate-limit": "wait",
    overload: "wait",
    budget: "block",
    "no-progress": "block",
    secret: "block",
    "not-ready": "block",
  });
});
