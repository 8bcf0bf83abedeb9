import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { AnswersFile } from "../../../src/contract/decision.ts";
import { answerFromFile, answerYes, checkAnswersFile } from "../../../src/core/decision/answer-from-file.ts";
import { writeAnswersTemplate } from "../../../src/core/decision/write-answers-template.ts";
import { makeCandidate, makeDecision } from "../../support/make-candidate.ts";
import { objectId } from "../../support/make-ticket.ts";

const known = {
  music: [makeCandidate({ key: "broken-links" }), makeCandidate({ key: "todo" })],
  trading: [makeCandidate({ key: "todo" })],
};
const entry = (changes: Record<string, unknown> = {}) => ({ domain: "music", decision: "broken-links", option: "mend", ...changes });
const file = (...answers: unknown[]) => AnswersFile.parse({ answers });

describe("S11: a file that names what does not exist is refused, with what was perhaps meant", () => {
  test.for([
    [entry({ domain: "musik" }), 'answers[0] names domain "musik"', 'Did you mean "music"?'],
    [entry({ domain: "constructor" }), 'answers[0] names domain "constructor"', "there are music, trading"],
    [entry({ decision: "broken-link" }), 'answers[0] names decision "broken-link" of music', 'Did you mean "broken-links"?'],
    [entry({ domain: "trading" }), 'answers[0] names decision "broken-links" of trading', "there is todo"],
    [entry({ option: "mendd" }), 'answers[0] names option "mendd" of music\'s broken-links', 'Did you mean "mend"?'],
    [entry({ option: "other" }), "says nothing", "note"],
  ] as const)("S11: %j", ([answer, message, hint]) => {
    expect(() => checkAnswersFile(file(answer), known)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message), hint: expect.stringContaining(hint), exit: 2 }),
    );
  });

  test("S11: a question answered twice", () => {
    expect(() => checkAnswersFile(file(entry(), entry({ option: "leave" })), known)).toThrow(
      "answers[1] answers music's broken-links a second time",
    );
  });

  test("S11: what exists passes", () => {
    const words = ["recommended", "defer", "skip"].map((option, index) => entry({ option, decision: ["todo", "broken-links"][index % 2] }));
    expect(() =>
      checkAnswersFile(file(...words.slice(0, 2), entry({ domain: "trading", decision: "todo", option: "leave" })), known),
    ).not.toThrow();
  });
});

describe("S12: what an answer comes to", () => {
  const decision = makeDecision();
  test.for([
    ["leave", { kind: "chosen", option: "leave" }],
    ["recommended", { kind: "chosen", option: "mend" }],
    ["defer", { kind: "deferred" }],
    ["skip", { kind: "skipped" }],
  ] as const)("S12: %s", ([option, answer]) => {
    expect(answerFromFile(file(entry({ decision: "links", option })), decision)).toEqual(answer);
  });

  test("S12: the operator's own words, and a note beside an option", () => {
    expect(answerFromFile(file(entry({ decision: "links", option: "other", note: "Ask Ada" })), decision)).toEqual({
      kind: "other",
      text: "Ask Ada",
    });
    expect(answerFromFile(file(entry({ decision: "links", note: "soon" })), decision)).toEqual({
      kind: "chosen",
      option: "mend",
      note: "soon",
    });
  });

  test("S12: an option goes before a word of the same name", () => {
    const options = [{ id: "skip", label: "Skip the song", detail: "", tickets: [] }];
    expect(
      answerFromFile(file(entry({ decision: "links", option: "skip" })), makeDecision({ candidate: makeCandidate({ options }) })),
    ).toEqual({ kind: "chosen", option: "skip" });
  });

  test("S12: the default holds for what the file does not name, and is to defer when the file has none", () => {
    expect(answerFromFile(file(), decision)).toEqual({ kind: "deferred" });
    expect(answerFromFile(AnswersFile.parse({ default: "recommended" }), decision)).toEqual({ kind: "chosen", option: "mend" });
  });

  test("S12: --yes takes the recommended option of a playbook, and defers what asks for judgement", () => {
    expect(answerYes(decision)).toEqual({ kind: "chosen", option: "mend" });
    expect(answerYes(makeDecision({ candidate: makeCandidate({ source: "judgement" }) }))).toEqual({ kind: "deferred" });
  });
});

describe("S11: the template", () => {
  const hostile = makeCandidate({
    key: 'thread:a "b" # c',
    question: "What now?\nanswers: []\u2028- domain: evil\u001b[2J",
    source: "judgement",
    evidence: [{ repo: "home", commit: objectId(1), path: "a.md", line: 3, quote: "due: 2026-11-20" }],
  });

  test("S11: it names every open question with its options, can be given back as it is, and answers as --yes would", () => {
    const open = [makeDecision(), makeDecision({ candidate: hostile })];
    const text = writeAnswersTemplate(open);
    const parsed = AnswersFile.parse(parse(text));
    expect(parsed.answers.map(({ decision }) => decision)).toEqual(["links", 'thread:a "b" # c']);
    expect(() => checkAnswersFile(parsed, { music: open.map(({ candidate }) => candidate) })).not.toThrow();
    for (const decision of open) expect(answerFromFile(parsed, decision)).toEqual(answerYes(decision));
    expect(text).toContain("mend   Mend them (recommended, 1 ticket)");
    expect(text).toContain("a.md:3: due: 2026-11-20");
  });

  test("S8: of a model's options it says what they would file, in a comment", () => {
    const candidate = makeCandidate({ source: "judgement", judged: { repo: "home", weight: 1 } });
    for (const { draft } of candidate.options[0]?.tickets ?? []) Object.assign(draft, { touches: ["a.md\nanswers: []"] });
    const text = writeAnswersTemplate([makeDecision({ candidate })]);
    expect(text).toContain('  #       "Mend it" changes a.md answers: []; checked by: true\n');
    expect(AnswersFile.parse(parse(text)).answers).toHaveLength(1);
  });

  test("S11: with no question open it says so and is still a valid file", () => {
    expect(AnswersFile.parse(parse(writeAnswersTemplate([])))).toEqual({ default: "defer", answers: [] });
  });
});
