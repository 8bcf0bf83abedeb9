import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";

const matter = (title: string) =>
  `---\ntitle: ${title}\nkind: pattern\nowner: librarian\nauthority: operator\nupdated: 2026-11-20\n---\n\n`;
const pages = {
  "wiki/index.md": "# Index\n\n- [Vinyl](vinyl.md)\n",
  "wiki/vinyl.md": `${matter("Vinyl")}# Vinyl\n\nHow records are pressed and sold.\n\n## Sales\n\n- Records sell best in November.[^c1]\n- ~~Cassettes outsell records.~~[^c1]\n- The pressing plant in Haarlem takes nine weeks.[^c2]\n\n[^c1]: operator 2026-11-01\n[^c2]: ticket MUS-7 "nine weeks"\n`,
  "wiki/voice.md": `${matter("Voice")}# Voice\n\nWe write short sentences.\n`,
};

describe("questions to a wiki", () => {
  let opened: WikiWorld;
  beforeAll(async () => {
    opened = await makeWikiWorld({
      music: { prefix: "MUS", files: pages },
      trading: {
        prefix: "TRA",
        sealed: true,
        files: {
          "wiki/vinyl.md": `${matter("Vinyl stocks")}# Vinyl\n\n- Vinyl stocks fell in November.[^c1]\n\n[^c1]: operator 2026-11-01\n`,
        },
      },
      empty: { prefix: "EMP", files: { "DOMAIN.md": "# Empty\n" } },
    });
  });
  afterAll(() => opened.remove());
  const ask = (question: string, domain = "music", max?: number) =>
    opened.world.search.ask({ domain, question, ...(max === undefined ? {} : { max }) });

  test("Q1: a natural question finds the claim that answers it, with page, heading, line and what it cites", async () => {
    const [first] = await ask("When do our records sell best, and why?");
    expect(first).toMatchObject({
      page: "wiki/vinyl.md",
      title: "Vinyl",
      heading: "Sales",
      line: 15,
      text: "Records sell best in November.",
      citations: ["operator 2026-11-01"],
    });
    expect(first?.score).toBeGreaterThan(0);
  });
});
