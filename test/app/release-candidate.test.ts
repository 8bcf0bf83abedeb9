import { afterEach, expect, test } from "vitest";
import { distill } from "../../src/app/distill.ts";
import { listReview } from "../../src/app/list-review.ts";
import { releaseCandidate } from "../../src/app/release-candidate.ts";
import { checkDomainWiki } from "../../src/core/knowledge/check-wiki.ts";
import { reviewInTurn } from "../../src/entry/cli/review-terminal.ts";
import { landLibrarian } from "../support/land-librarian.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";

let wiki: WikiWorld | undefined;
afterEach(async () => {
  await wiki?.remove();
  wiki = undefined;
});

const note = (...claims: string[]) => `Source: https://plant.example\n\n${claims.map((claim) => `Learned: ${claim}\n`).join("\n")}`;

async function openWorld(): Promise<WikiWorld> {
  wiki = await makeWikiWorld({
    music: {
      prefix: "MUS",
      files: { "notes/n.md": note("the plant needs six weeks", "vinyl sells best in the cold months", "tapes are back among collectors") },
    },
    trading: { prefix: "TRA", sealed: true, files: { "notes/n.md": note("the edge decays within nine days") } },
  });
  await distill(wiki.world);
  return wiki;
}

/** What landLibrarian needs of a workspace, with the cross-domain home among its domains. */
const withOperator = (one: WikiWorld): WikiWorld => ({
  ...one,
  domain: (name) => (name === "operator" ? one.world.workspace.operator : one.domain(name)),
});

test("K7: what the operator releases is operator-global's, with nothing of its source; a sealed domain's never", async () => {
  const { world } = await openWorld();
  const [first, second] = await listReview(world, { domain: "music" });
  const [sealed] = await listReview(world, { domain: "trading" });
  await expect(releaseCandidate(world, { id: sealed?.id ?? "" })).rejects.toMatchObject({ code: "candidate-sealed" });
  const { candidate, ticket } = await releaseCandidate(world, { id: first?.id ?? "" });
  expect(ticket).toMatchObject({
    id: "OPS-1",
    domain: "operator",
    role: "operator-global",
    status: { state: "ready" },
    touches: ["wiki/history.md", "wiki/index.md"],
  });
  expect(candidate).toMatchObject({ status: "approved", route: "operator-global", ticket: "OPS-1" });
  await expect(releaseCandidate(world, { id: first?.id ?? "" })).rejects.toMatchObject({ code: "candidate-settled" });
  await landLibrarian(withOperator(wiki as WikiWorld), "OPS-1");
  const { operator } = world.workspace;
  const page = (await world.git.at(operator.home.path).readFile("refs/heads/main", "wiki/history.md")) ?? "";
  expect(page).toContain(`- ${first?.claim} [^c1][^c2]\n`);
  expect(page).toContain(`[^c1]: artifact release:${first?.id} "${first?.claim}"\n[^c2]: operator 2026-11-20\n`);
  expect(await checkDomainWiki({ domain: operator, git: world.git, store: world.store })).toEqual([]);
  const kept = await world.store.read((tx) => tx.artifacts.list({ domain: "operator" }));
  expect(kept.map(({ text }) => text).join("")).not.toContain("plant.example");
  expect(await distill(world, { domain: "operator" })).toMatchObject({ artifacts: 0, candidates: [] });

  await world.store.write((tx) => tx.candidates.put({ ...(second as NonNullable<typeof second>), claim: `${first?.claim}.` }));
  await expect(releaseCandidate(world, { id: second?.id ?? "" })).rejects.toMatchObject({ code: "release-known" });
  expect((await world.store.verifyLog()).ok).toBe(true);
});

test("K7: review takes one key an answer, carries each out at once, and offers no release where nothing may cross", async () => {
  const { world } = await openWorld();
  const waiting = await listReview(world);
  const answers = ["a", "g", "r", "q"];
  const offered: string[] = [];
  const said: string[] = [];
  const none = () => Promise.reject(new Error("nothing else is asked"));
  const key = async ({ keys }: { keys: readonly { key: string }[] }) => {
    offered.push(keys.map((one) => one.key).join(""));
    return answers.shift() ?? "q";
  };
  const reviewed = await reviewInTurn(
    { ask: { confirm: none, select: none, text: none, key }, say: (text) => said.push(text) },
    world,
    waiting,
  );
  expect(offered).toEqual(["arsgq", "arsgq", "arsgq", "arsq"]);
  expect(reviewed).toEqual({ approved: [waiting[0]?.id], released: [waiting[1]?.id], rejected: [waiting[2]?.id], left: 1 });
  expect((await listReview(world)).map(({ domain }) => domain)).toEqual(["trading"]);
  expect(said[0]).toContain("its note quotes the web");
});
