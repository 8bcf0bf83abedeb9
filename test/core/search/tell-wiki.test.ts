import { describe, expect, test } from "vitest";
import { fitPassages, tellWiki, wikiTokensMax } from "../../../src/core/search/tell-wiki.ts";
import type { FoundPassage } from "../../../src/port/search.ts";
import type { Progress } from "../../../src/port/world.ts";

const found = (text: string, more: Partial<FoundPassage> = {}): FoundPassage => ({
  ...{ page: "wiki/a.md", title: "A", heading: "", line: 3, text, citations: [], score: 1 },
  ...more,
});

function makeWorld(answer: () => FoundPassage[]) {
  const reported: Progress[] = [];
  const asked: unknown[] = [];
  return {
    reported,
    asked,
    report: (progress: Progress) => void reported.push(progress),
    search: {
      ask: async (args: unknown) => {
        asked.push(args);
        return answer();
      },
      index: () => Promise.reject(new Error("not asked for")),
    },
  };
}

describe("what a role is told of its wiki", () => {
  test("Q12: the nearest passages, each with place and sources, as data that is marked as recalled", async () => {
    const world = makeWorld(() => [
      found("Records sell in November.", { heading: "Sales", citations: ["ticket MUS-7", "operator 2026-11-01"] }),
      found("We press in Haarlem.", { page: "wiki/b.md", line: 9 }),
    ]);
    const input = await tellWiki(world, { stage: "scout", domain: "music", question: "records" });
    expect(input).toEqual([
      {
        title: "Passages of the wiki",
        trust: "untrusted",
        text: "wiki/a.md:3 (Sales)\nRecords sell in November.\nSources: ticket MUS-7; operator 2026-11-01\n\nwiki/b.md:9\nWe press in Haarlem.",
        recalled: ["Records sell in November.", "We press in Haarlem."],
      },
    ]);
    expect(world.asked).toEqual([{ domain: "music", question: "records", max: 12 }]);
  });

  test("Q12: within its budget of tokens, in whatever writing; what does not fit is left out whole", async () => {
    for (const letter of ["a", "風", "é", "\u{1f3b5}"]) {
      const passages = Array.from({ length: 12 }, (_, at) => found(`${at} ${letter.repeat(900)}`));
      const world = makeWorld(() => passages);
      const [input] = await tellWiki(world, { stage: "scout", domain: "music", question: "x" });
      expect(Buffer.byteLength(input?.text ?? "") / 3, letter).toBeLessThanOrEqual(wikiTokensMax + 12);
      for (const text of input?.recalled ?? []) expect(passages.map((passage) => passage.text)).toContain(text);
    }
    const long = found("x".repeat(9000));
    expect(fitPassages([long, found("short")], 2000).map(({ text }) => text)).toEqual(["short"]);
    for (const none of [0, -1, Number.NaN]) expect(fitPassages([found("short")], none)).toEqual([]);
    const world = makeWorld(() => [found("short")]);
    expect(await tellWiki(world, { stage: "verify", domain: "music", question: "x", tokensMax: 0 })).toEqual([]);
  });

  test("Q12: nothing found is nothing told; a search that fails is said, and the role plays without", async () => {
    expect(
      await tellWiki(
        makeWorld(() => []),
        { stage: "scout", domain: "music", question: "x" },
      ),
    ).toEqual([]);
    const broken = makeWorld(() => {
      throw new Error("no room");
    });
    expect(await tellWiki(broken, { stage: "execute", domain: "music", ticket: "MUS-1", question: "x" })).toEqual([]);
    expect(broken.reported).toEqual([
      { stage: "execute", domain: "music", ticket: "MUS-1", state: "update", text: "the wiki could not be searched: no room" },
    ]);
  });
});
