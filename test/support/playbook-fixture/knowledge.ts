import { runGitIn } from "../make-repository.ts";
import { now, type PlaybookFixture } from "./fixture.ts";

const matter = (updated: string) =>
  `---\ntitle: Rates\nkind: history\nowner: music\nauthority: verified\nupdated: ${updated}\n---\n\n# Rates\n\n`;
const source = "# Rates\n\nA pressing of 300 costs 900.\nShipping is 40 a box.\nThe plant closes in August.\n";

const claims = (cites: { cost: string; shipping: string; both: string }, lines: { shipping: string; both: string }, updated: string) =>
  `${matter(updated)}- A pressing of 300 costs 900.[^c1]\n- ${lines.shipping}[^c2]\n- ${lines.both}[^c3][^C4]\n- We like both plants.[^c5]\n\n[^c1]: ${cites.cost}\n[^c2]: ${cites.shipping}\n[^c3]: ${cites.both}\n[^C4]: ticket MUS-1\n[^c5]: operator 2026-10-01\n`;

const first = (root: string) => runGitIn(root, "rev-list", "--max-parents=0", "HEAD");

export const staleClaims: PlaybookFixture = {
  id: "stale-claims",
  env: now,
  found: [
    { message: "docs: rates", files: { "notes/rates.md": source } },
    {
      message: "docs: what we know of rates",
      files: {
        "wiki/rates.md": claims(
          {
            cost: 'commit {{HEAD}} notes/rates.md#L3 "A pressing of 300 costs 900."',
            shipping: 'commit {{HEAD}} notes/rates.md#L4 "Shipping is 40 a box."',
            both: "commit {{HEAD}} notes/rates.md#L5",
          },
          { shipping: "Shipping is 40 a box, *always*.", both: "The plant closes in August." },
          "2026-10-01",
        ),
        "wiki/index.md": "# Wiki\n\n- [Rates](rates.md)\n",
      },
    },
    {
      message: "docs: rates move, shipping rises, the plant stays open",
      files: {
        "notes/rates.md": "# Rates\n\nSee prices.md.\n",
        "notes/prices.md": "# Prices\n\nPressed by the hundred.\n\nA pressing of 300 costs 900.\nShipping is 55 a box.\n",
      },
    },
  ],
  subjects: ["wiki/rates.md ^c1", "wiki/rates.md ^c2 line 12", "wiki/rates.md ^c3 line 13"],
  after: (root) => {
    const head = runGitIn(root, "rev-parse", "HEAD");
    return {
      "wiki/rates.md": claims(
        {
          cost: `commit ${head} notes/prices.md#L5 "A pressing of 300 costs 900."`,
          shipping: `commit ${first(root)} notes/rates.md#L4 "Shipping is 40 a box."`,
          both: `commit ${first(root)} notes/rates.md#L5 (gone since 2026-11-23)`,
        },
        { shipping: "~~Shipping is 40 a box, *always*.~~ (stale since 2026-11-23)", both: "The plant closes in August." },
        "2026-11-23",
      ),
    };
  },
  clean: [
    { message: "docs: rates", files: { "notes/rates.md": source } },
    {
      message: "docs: what we know of rates",
      files: {
        "wiki/rates.md": claims(
          {
            cost: 'commit {{HEAD}} notes/rates.md#L3 "A pressing of 300 costs 900."',
            shipping: 'commit {{HEAD}} notes/rates.md#L4 "Shipping is 40 a box."',
            both: "commit {{HEAD}} notes/rates.md#L5",
          },
          { shipping: "Shipping is 40 a box.", both: "The plant closes in August." },
          "2026-10-01",
        ),
      },
    },
    { message: "docs: more below", files: { "notes/rates.md": `${source}More to come.\n` } },
  ],
};
