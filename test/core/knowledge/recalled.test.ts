import { expect, test } from "vitest";
import { writeScoutInput } from "../../../src/core/brief/write-scout-input.ts";
import { openRecalled } from "../../../src/core/knowledge/recalled.ts";
import { writePrompt } from "../../../src/core/role/write-prompt.ts";

const judgeRecalled = (claim: string, texts: readonly string[]) => openRecalled(texts.map((text) => ({ text })))(claim);
const told = ["Masters are due 14 days before the release.", "- The plant needs six weeks for *colour* vinyl [^c1]"];

test("K2: a statement that says again what the wiki told, or a part of it, is recalled; in other dress too", () => {
  for (const said of [
    "Masters are due 14 days before the release",
    "masters are due 14 days before the release.",
    "2026-11-20: Masters are due 14 days before the release",
    "the plant needs six weeks",
    "The plant needs six weeks for colour vinyl",
    "Masters are due 14 days before the releases",
  ]) {
    expect(judgeRecalled(said, told), said).toBe("recalled");
  }
});

test("K2: what differs is its speaker's own; a whole passage with more goes to a person", () => {
  expect(judgeRecalled("Masters are due 20 days before the release", told)).toBe("own");
  expect(judgeRecalled("The plant closes in August", told)).toBe("own");
  expect(judgeRecalled("The plant needs six weeks for colour vinyl, and eight in summer", told)).toBe("repeats");
  expect(judgeRecalled("Masters are due 14 days before the release", [])).toBe("own");
  expect(judgeRecalled("The plant needs six weeks", ["six"])).toBe("own");
});

test("K2: a part that holds text of the wiki is marked in the prompt, and no other", () => {
  const nonce = "abcdefabcdefabcdef";
  const part = { title: "Passages", text: "Masters are due.", trust: "untrusted" as const };
  const { prompt } = writePrompt({
    guidance: "g",
    input: [
      { ...part, recalled: ["Masters are due."] },
      { ...part, title: "Map" },
    ],
    nonce,
  });
  expect(prompt).toContain(`<data-${nonce} title="Passages" recalled="wiki">`);
  expect(prompt).toContain(`<data-${nonce} title="Map">`);
  expect(prompt).toContain("Said again it is no evidence");
  expect(writePrompt({ guidance: "g", input: [part], nonce }).prompt).not.toContain("recalled");
});

test("K2: what a scout's facts quote of the wiki is recalled, what they quote of other files is not", () => {
  const at = (path: string, quote: string) => ({ repo: "home", commit: "a".repeat(40), path, line: 3, quote });
  const fact = (path: string, quote: string) => ({ kind: "wiki" as const, text: "t", evidence: [at(path, quote)], score: 1 });
  const input = writeScoutInput({
    domain: "music",
    today: "2026-11-20",
    tree: { repo: "home", branch: "main", commit: "a".repeat(40) },
    otherRepos: [],
    executor: undefined,
    verifier: undefined,
    found: { facts: [fact("wiki/a.md", "- Masters are due."), fact("notes/a.md", "Something else.")], decisions: [] },
    guide: "Guide",
    tickets: [],
    earlier: [],
  });
  expect(input.map(({ recalled }) => recalled)).toEqual([undefined, ["- Masters are due."], undefined]);
});
