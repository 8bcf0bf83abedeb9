import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openPassageIndexes } from "../../../src/adapter/search-libsql/open-index.ts";
import { parsePage } from "../../../src/core/knowledge/parse-page.ts";
import { chooseWords } from "../../../src/core/search/choose-words.ts";
import { splitPassages } from "../../../src/core/search/split-passages.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";
import { putPassages } from "../../support/put-passages.ts";
import { earlierJudgments, laterJudgments } from "./judgments.ts";

const split = (text: string) => splitPassages("wiki/a.md", parsePage(text));

describe("the words of a question", () => {
  test("Q2: stop words are left out, unless there are no others; nothing is syntax", () => {
    expect(chooseWords("When do our Records SELL best, and why?")).toEqual(["records", "sell", "best"]);
    expect(chooseWords("What is it that we do?")).toContain("what");
    expect(chooseWords('"OR" NEAR(a, 5) text:secret* -minus (vinyl)')).toEqual(["near", "5", "text", "secret", "minus", "vinyl"]);
    expect(chooseWords("?! … --")).toEqual([]);
  });

  test("Q2: a long question is bounded in words and in their length", () => {
    const words = chooseWords(Array.from({ length: 5000 }, (_, at) => `word${at}${"x".repeat(100)}`).join(" "));
    expect(words.length).toBe(40);
    expect(Math.max(...words.map((word) => word.length))).toBeLessThanOrEqual(60);
  });
});

describe("the passages of a page", () => {
  test("Q1: items and rows stand alone, paragraphs of a section together, each with heading, line and sources", () => {
    const passages = split(
      [
        ...["---", "title: The Label", "kind: history", "owner: me", "authority: operator", "updated: 2026-11-01", "---"],
        ...[
          "Before any heading.",
          "",
          "# Sales",
          "",
          "First part.",
          "",
          "Second part[^c2].",
          "",
          "- One claim.[^c1]",
          "  - Below it.[^c2]",
        ],
        ...["", "| what | when |", "| --- | --- |", "| vinyl | November[^c1] |", "", "> quoted words", "", "[^c1]: operator 2026-11-01"],
        ...["[^c2]: ticket MUS-7"],
      ].join("\n"),
    );
    const sources = { one: ["operator 2026-11-01"], two: ["ticket MUS-7"] };
    expect(passages.map(({ heading, line, text, citations }) => [heading, line, text, citations])).toEqual([
      ["", 8, "Before any heading.", []],
      ["Sales", 12, "First part. Second part.", sources.two],
      ["Sales", 16, "One claim.", sources.one],
      ["Sales", 17, "Below it.", sources.two],
      ["Sales", 21, "vinyl · November", sources.one],
      ["Sales", 23, "quoted words", []],
    ]);
    expect(new Set(passages.map(({ title }) => title))).toEqual(new Set(["The Label"]));
  });

  test("Q1: what is struck through no longer holds and is no passage", () => {
    expect(
      split("# A\n\n- ~~Cassettes outsell records.~~[^c1]\n- Records sell.[^c1]\n\n[^c1]: operator 2026-11-01\n").map(({ text }) => text),
    ).toEqual(["Records sell."]);
  });

  test("Q1: paragraphs are joined up to a length, and no passage is longer than 2000 characters", () => {
    const long = "word ".repeat(100).trim();
    expect(split(`# A\n\n${long}\n\n${long}\n\n${long}\n`)).toHaveLength(3);
    expect(split(`# A\n\n${"word ".repeat(5000)}\n`)[0]?.text.length).toBe(2000);
  });

  test("Q1: control characters of a page do not come through", () => {
    expect(JSON.stringify(split("# A\u001b[31m\n\n- red \u001b[31m text\u202e\n"))).not.toMatch(/\\u001b|\u202e/);
  });
});

describe("retrieval on fixed judgments", () => {
  const folder = join(import.meta.dirname, "../../fixture/search");
  const files = readdirSync(folder).filter((name) => name.endsWith(".md"));
  const passages = files.flatMap((name) => splitPassages(name, parsePage(readFileSync(join(folder, name), "utf8"))));

  test.each([
    { part: "the earlier", judgments: earlierJudgments, recallMin: 0.83, mrrMin: 0.59 },
    { part: "the later", judgments: laterJudgments, recallMin: 0.62, mrrMin: 0.437 },
  ])("Q8: rules are found by what a person would ask: $part judgments", async ({ judgments, recallMin, mrrMin }) => {
    const { path, remove } = makeTemporaryFolder("mos-judgments-");
    try {
      const index = openPassageIndexes(path)("spec");
      await putPassages(index, "spec", passages);
      let hits = 0;
      let reciprocal = 0;
      const missed: string[] = [];
      for (const { question, file, rule } of judgments) {
        expect(
          passages.some(({ page, text }) => page === file && text.startsWith(`${rule} `)),
          `${file} has ${rule}`,
        ).toBe(true);
        const found = await index.find({ stamp: "spec", words: chooseWords(question), max: 10 });
        const rank = found === "stale" ? -1 : found.findIndex(({ page, text }) => page === file && text.startsWith(`${rule} `));
        if (rank >= 0 && rank < 5) hits += 1;
        else missed.push(`${rule} ${question}`);
        if (rank >= 0) reciprocal += 1 / (rank + 1);
      }
      const [recall, mrr] = [hits / judgments.length, reciprocal / judgments.length];
      const figures = `recall@5 ${recall.toFixed(3)}, MRR@10 ${mrr.toFixed(3)}`;
      console.info(`${figures} of ${judgments.length} questions over ${passages.length} passages`);
      expect(recall, `${figures}; missed: ${missed.join("; ")}`).toBeGreaterThanOrEqual(recallMin);
      expect(mrr, figures).toBeGreaterThanOrEqual(mrrMin);
    } finally {
      remove();
    }
  });
});
