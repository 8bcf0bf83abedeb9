import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { approveCandidate } from "../../../src/app/approve-candidate.ts";
import { listReview } from "../../../src/app/list-review.ts";
import type { Artifact } from "../../../src/contract/knowledge.ts";
import { checkDomainWiki } from "../../../src/core/knowledge/check-wiki.ts";
import { distillDomain } from "../../../src/stage/distill/distill-domain.ts";
import { landLibrarian } from "../../support/land-librarian.ts";
import { runGitIn, writeFiles } from "../../support/make-repository.ts";
import { makeWikiWorld, type WikiWorld } from "../../support/make-wiki-world.ts";
import { readSeed, scaleRuns } from "../../support/read-seed.ts";
import { replayArtifacts } from "../../support/replay-artifacts.ts";

const made: WikiWorld[] = [];
afterEach(async () => {
  for (const wiki of made.splice(0)) await wiki.remove();
});

const matter = (authority: string) =>
  `---\ntitle: The plant\nkind: pattern\nowner: music\nauthority: ${authority}\nupdated: 2026-11-01\n---\n\n# The plant\n\n## Claims\n\n- The plant presses vinyl for us. [^c1]\n\n[^c1]: operator 2026-10-01\n`;

async function open(files: Record<string, string> = {}): Promise<WikiWorld> {
  const wiki = await makeWikiWorld({ music: { prefix: "MUS", files: { "DOMAIN.md": "# Music\n", ...files } } });
  made.push(wiki);
  return wiki;
}

const blobOf = (repo: string, file: string) => runGitIn(repo, "rev-parse", `main:${file}`);

type Said = { readonly id: number; readonly kind: "ticket" | "session" | "landing" | "note"; readonly lines: readonly string[] };

const path = (id: number) => `notes/n${id}.md`;
const noteText = ({ id, lines }: Said) => `# Note ${id}\n\n${lines.join("\n")}\n`;

/** As it would be kept: a note lies in the tree, whichever turn it is distilled in. */
function artifactOf(wiki: WikiWorld, said: Said, tip: string): Artifact {
  const { id, kind, lines } = said;
  const at = `2026-11-${String(1 + (id % 28)).padStart(2, "0")}T${String(Math.floor(id / 28) % 24).padStart(2, "0")}:00:00.000Z`;
  const base = { domain: "music", at, text: `# ${kind} ${id}\n${lines.join("\n")}\n` };
  const repo = wiki.domain("music").home.path;
  if (kind === "note")
    return { ...base, id: `note:music:${path(id)}@${blobOf(repo, path(id))}`, kind, source: path(id), commit: tip, text: noteText(said) };
  if (kind === "ticket") return { ...base, id: `ticket:MUS-${1000 + id}`, kind, source: `MUS-${1000 + id}` };
  if (kind === "session") return { ...base, id: `session:S-${id}:music`, kind, source: `S-${id}` };
  return { ...base, id: `landing:music:${id}`, kind, source: "home" };
}

const things = ["pressing of Alder-1", "mixing of Birch-2", "cover of Cedar-3"];
const weeksOf = fc.integer({ min: 2, max: 4 });
const claimOf = (thing: string, weeks: number) => `The ${thing} needs ${weeks} weeks at the plant`;
/** Some say what they replace. */
const statement = fc.oneof(
  fc
    .record({ thing: fc.constantFrom(...things), weeks: weeksOf, insteadOf: fc.option(weeksOf, { nil: undefined, freq: 2 }) })
    .map(({ thing, weeks, insteadOf }) => {
      const old = insteadOf === undefined || insteadOf === weeks ? [] : [`Supersedes: ${claimOf(thing, insteadOf)}`];
      return [claimOf(thing, weeks), ...old];
    }),
  fc
    .constantFrom(
      "the house of Elm-4 opens at noon",
      "The house of Elm-4 opens at noon.",
      "In June the plant of Fir-5 is closed",
      "The plant of Fir-5 is closed in June",
    )
    .map((claim) => [claim]),
);
const sessions = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 600 }),
    kind: fc.constantFrom("ticket" as const, "session" as const, "landing" as const, "note" as const),
    lines: fc
      .array(statement, { minLength: 1, maxLength: 3 })
      .map((all) => all.flatMap(([claim = "", ...old]) => [`Learned: ${claim}`, ...old])),
    key: fc.double({ min: 0, max: 1, noNaN: true }),
    turn: fc.integer({ min: 0, max: 2 }),
  }),
  { selector: ({ id }) => id, minLength: 3, maxLength: 7 },
);

const seed = readSeed();
test(`K5: what several sessions left, distilled in any order and number of turns, gives the same claims with the same sources (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(sessions, async (said) => {
      const play = async (turns: readonly (readonly Said[])[]) => {
        const notes = Object.fromEntries(said.filter(({ kind }) => kind === "note").map((one) => [path(one.id), noteText(one)]));
        const wiki = await open({ ...notes, "wiki/plant.md": matter("distilled"), "wiki/index.md": "# Wiki\n\n- [Plant](plant.md)\n" });
        const tip = (await wiki.world.git.at(wiki.domain("music").home.path).resolve("refs/heads/main")) ?? "";
        const outcome = await replayArtifacts(
          wiki,
          "music",
          turns.filter((turn) => turn.length > 0).map((turn) => turn.map((one) => artifactOf(wiki, one, tip))),
        );
        const check = { domain: wiki.domain("music"), git: wiki.world.git, store: wiki.world.store };
        expect(await checkDomainWiki(check)).toEqual([]);
        return outcome;
      };
      const shuffled = said.toSorted((a, b) => a.key - b.key);
      const turned = [0, 1, 2].map((turn) => shuffled.filter((one) => one.turn === turn));
      expect(await play(turned)).toEqual(await play([said.toSorted((a, b) => a.id - b.id)]));
    }),
    { seed, numRuns: scaleRuns({ short: 3, long: 15 }), interruptAfterTimeLimit: 600_000 },
  );
}, 900_000);

const six = "The plant needs six weeks for a pressing";
const nine = "The plant needs nine weeks for a pressing";
const says = (id: number, kind: Said["kind"], ...lines: string[]): Said => ({ id, kind, lines });
const historyOf = (wiki: WikiWorld) => runGitIn(wiki.domain("music").home.path, "show", "main:wiki/history.md");

test("K5: a claim that distillation wrote gives way to one of higher authority, is struck with the day, and waits with the other side", async () => {
  const first = says(1, "note", `Learned: ${six}`);
  const wiki = await open({ [path(1)]: noteText(first) });
  const tip = runGitIn(wiki.domain("music").home.path, "rev-parse", "main");
  await replayArtifacts(wiki, "music", [[artifactOf(wiki, first, tip)]]);
  expect(historyOf(wiki)).toContain(`- ${six} [^c1]`);
  await replayArtifacts(wiki, "music", [[artifactOf(wiki, says(2, "ticket", `Learned: ${nine}`), tip)]]);
  expect(historyOf(wiki)).toContain(`- ~~${six}~~ (superseded 2026-11-20) [^c1]\n- ${nine} [^c2]\n`);
  const [waits, ...others] = await listReview(wiki.world, { domain: "music" });
  expect(others).toEqual([]);
  expect(waits).toMatchObject({ claim: six, kind: "contradicts", held: true, reason: expect.stringContaining(nine) });
  // Held is held: what says it again changes nothing, what comes of it is the operator's.
  await replayArtifacts(wiki, "music", [[artifactOf(wiki, says(3, "ticket", `Learned: ${six}`), tip)]]);
  expect((await listReview(wiki.world, { domain: "music" })).map(({ claim }) => claim)).toEqual([six, six]);
  const { ticket } = await approveCandidate(wiki.world, { id: waits?.id ?? "" });
  await landLibrarian(wiki, ticket.id);
  expect(historyOf(wiki)).toContain(`~~${nine}~~ (superseded 2026-11-20) [^c2]`);
  expect(historyOf(wiki)).toMatch(new RegExp(`^- ${six} \\[\\^c\\d\\]`, "m"));
});

test("K5: who supersedes stands and the other is struck, whichever was distilled first; a claim of the operator's stays", async () => {
  const old = says(1, "ticket", `Learned: ${six}`);
  const late = says(2, "session", `Learned: ${nine}`, `Supersedes: ${six}`);
  for (const turns of [[[old], [late]], [[late], [old]], [[late, old]]]) {
    const wiki = await open();
    const { claims, held } = await replayArtifacts(
      wiki,
      "music",
      turns.map((turn) => turn.map((one) => artifactOf(wiki, one, ""))),
    );
    expect({ claims, held }).toEqual({ claims: [expect.stringMatching(/^9 /)], held: [] });
    expect(historyOf(wiki)).toContain(`~~${six}~~ (superseded 2026-11-20)`);
  }
  const wiki = await open({
    "wiki/plant.md": matter("distilled").replace("The plant presses vinyl for us.", six),
    "wiki/index.md": "# Wiki\n\n- [Plant](plant.md)\n",
  });
  const { held } = await replayArtifacts(wiki, "music", [[artifactOf(wiki, says(1, "ticket", `Learned: ${nine}`), "")]]);
  expect(held).toHaveLength(1);
});

test("K5: of two notes that contradict one another the one that main got first is written, whichever is read first", async () => {
  const wiki = await open();
  const home = wiki.domain("music").home.path;
  const commitOn = (day: string, file: string, text: string) => {
    writeFiles(home, { [file]: `Learned: ${text}\n` });
    runGitIn(home, "add", "-A");
    const env = { PATH: process.env.PATH, HOME: "/nonexistent", GIT_AUTHOR_DATE: day, GIT_COMMITTER_DATE: day };
    execFileSync("git", ["commit", "-q", "-m", "docs: a note"], { cwd: home, env });
  };
  commitOn("2026-11-05T10:00:00Z", "notes/z.md", six);
  commitOn("2026-11-06T10:00:00Z", "notes/a.md", nine);
  const { candidates } = await distillDomain(wiki.world, wiki.domain("music"));
  expect(candidates.map(({ claim, route }) => [claim, route])).toEqual([
    [nine, "review"],
    [six, "librarian"],
  ]);
  const notes = await wiki.world.store.read((tx) => tx.artifacts.list({ domain: "music" }));
  expect(notes.map(({ since }) => since)).toEqual(["2026-11-06T10:00:00.000Z", "2026-11-05T10:00:00.000Z"]);
});
