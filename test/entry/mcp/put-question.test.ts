import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DecisionCandidate } from "../../../src/contract/brief.ts";
import { Decision } from "../../../src/contract/decision.ts";
import { putQuestion, readAnswer } from "../../../src/entry/mcp/orchestrator/put-question.ts";
import { makeCandidate, makeDecision } from "../../support/make-candidate.ts";
import { readSeed } from "../../support/read-seed.ts";

const music = { name: "music", prefix: "MUS" };

function decide(labels: readonly string[], question = "Mend the links?"): Decision {
  const options = labels.map((label, index) => ({ id: `option-${"abcdef"[index]}`, label }));
  const candidate = DecisionCandidate.parse({ key: "links", question, score: 1, options, source: "playbook" });
  return Decision.parse({
    id: "S-1/music/links",
    session: "S-1",
    domain: "music",
    brief: "B",
    candidate,
    answer: { kind: "open" },
    version: 1,
  });
}

describe("M7: a decision as AskUserQuestion takes it", () => {
  test("M7: one option is put with Later; four as they are; the recommended one first", () => {
    expect(putQuestion(decide(["Mend"]), music)[0]?.options.map(({ label }) => label)).toEqual(["Mend (Recommended)", "Later"]);
    expect(putQuestion(decide(["A", "B", "C", "D"]), music)).toMatchObject([
      { question: "music: Mend the links?", header: "music", options: [{ label: "A (Recommended)" }, {}, {}, { label: "D" }] },
    ]);
  });

  test("S8: of a model's options what they would file, whatever it says of them; of a playbook's no more than before", () => {
    const judged = makeCandidate({ source: "judgement", judged: { repo: "home", weight: 1 } });
    for (const { draft } of judged.options[0]?.tickets ?? []) Object.assign(draft, { title: "Mend\u001b[2J it", touches: ["a\n.md"] });
    for (const option of judged.options) option.detail = "Changes nothing.";
    const said = (candidate: DecisionCandidate) =>
      putQuestion(makeDecision({ candidate }), music)[0]?.options.map(({ description }) => description);
    expect(said(judged)?.slice(0, 2)).toEqual(['Changes nothing. · "Mend it" changes a .md; checked by: true', "Changes nothing."]);
    expect(said(makeCandidate())?.slice(0, 2)).toEqual(["One ticket", "No ticket"]);
  });

  test("M7: six options come in two parts, and none is left out", () => {
    const parts = putQuestion(decide(["A", "B", "C", "D", "E", "F"]), music);
    expect(parts.map(({ options }) => options.map(({ label }) => label))).toEqual([
      ["A (Recommended)", "B", "C", "Show the other 3"],
      ["D", "E", "F", "Later"],
    ]);
    expect(new Set(parts.map(({ question }) => question)).size).toBe(2);
  });

  test("M7: a long domain is headed by its prefix", () => {
    expect(putQuestion(decide(["A"]), { name: "independent-records", prefix: "IND" })[0]?.header).toBe("IND");
  });

  test("M7: an answer is an id, a label as it was put, or a word for any question", () => {
    const { candidate } = decide(["Mend", "Leave", "Leave", "Later"]);
    const [asked] = putQuestion(decide(["Mend", "Leave", "Leave", "Later"]), music);
    expect(asked?.options.map(({ label }) => readAnswer(candidate, label))).toEqual(candidate.options.map(({ id }) => id));
    expect(["option-b", "mend", "Later", "defer", "skip", "nonsense"].map((given) => readAnswer(candidate, given))).toEqual([
      "option-b",
      "option-a",
      "defer",
      "defer",
      "skip",
      "nonsense",
    ]);
  });

  const seed = readSeed();
  test(`M7: any words fit, and every label that is put means its own option (seed ${seed})`, () => {
    const label = fc.string({ unit: "binary", minLength: 1, maxLength: 60 });
    const labels = fc.array(fc.oneof(label, fc.constantFrom("Later", "Same", "same ", "Same (Recommended)")), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(labels, fc.string({ unit: "binary", minLength: 1, maxLength: 300 }), (words, question) => {
        const decision = decide(words, question.slice(0, 300));
        const parts = putQuestion(decision, music);
        const put = parts.flatMap(({ options }) => options.map((option) => option.label));
        for (const { header, options } of parts) {
          expect([...header].length).toBeLessThanOrEqual(12);
          expect(options.length).toBeGreaterThanOrEqual(2);
          expect(options.length).toBeLessThanOrEqual(4);
          expect(new Set(options.map((option) => option.label)).size).toBe(options.length);
        }
        const meant = put.map((given) => readAnswer(decision.candidate, given));
        expect(new Set(meant.filter((id) => id.startsWith("option-")))).toEqual(new Set(decision.candidate.options.map(({ id }) => id)));
      }),
      { seed, numRuns: 300 },
    );
  });
});
