import { afterEach, describe, expect, test } from "vitest";
import { approveCandidate } from "../../src/app/approve-candidate.ts";
import { distill } from "../../src/app/distill.ts";
import { listReview } from "../../src/app/list-review.ts";
import { runTickets } from "../../src/app/run-tickets.ts";
import { checkDomainWiki } from "../../src/core/knowledge/check-wiki.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, type OpenedWorld, openWorld } from "../support/open-world.ts";

let opened: OpenedWorld | undefined;
afterEach(async () => {
  await opened?.remove();
  opened = undefined;
});
const diagnose = async () => healthy;
const note = '# Visit\n\nLearned: the plant\'s "old" press needs six weeks; $(touch owned) `touch owned`\n\nLearned: ship early\n';

async function open(repo: Record<string, unknown> = {}): Promise<OpenedWorld> {
  const files = { "check.sh": "test ! -e owned\n", "notes/visit.md": note, "docs/a.md": "a\n" };
  opened = await openWorld({ music: { prefix: "MUS", files, repo } });
  return opened;
}

async function readMain({ world }: OpenedWorld, path: string): Promise<string> {
  const home = world.workspace.domains[0]?.home.path ?? "";
  return (await world.git.at(home).readFile("refs/heads/main", path)) ?? "";
}

describe.skipIf(!boxAvailable)("K2: from a landing to the wiki, through the box and the gate", () => {
  test.each([
    ["a code repository", {}],
    ["a knowledge-only one", { knowledgeOnly: true, checks: [] }],
  ])("%s", { timeout: 120_000 }, async (_name, repo) => {
    const work = await open(repo);
    const { world } = work;
    const id = await work.fileReady({ domain: "music", title: "Write b", touches: ["docs/b.md"], run: ["echo b > docs/b.md"] });
    expect(await runTickets(world, { diagnose })).toMatchObject({ merged: [id], blocked: [] });
    const first = await distill(world);
    expect(first).toMatchObject({ artifacts: 2, routed: { librarian: 2, review: 1 }, tickets: ["MUS-2"] });
    expect(await runTickets(world, { diagnose })).toMatchObject({ merged: ["MUS-2"], blocked: [] });

    const page = await readMain(work, "wiki/history.md");
    expect(page).toMatch(/- \d{4}-\d\d-\d\d: Write b \(docs\/b\.md\) \[\^c1\]\n/);
    expect(page).toMatch(/\[\^c1\]: ticket MUS-1 "\d{4}-\d\d-\d\d: Write b \(docs\/b\.md\)"\n/);
    expect(page).toMatch(/notes\/visit\.md#L3 "the plant's \\"old\\" press needs six weeks; \$\(touch owned\) `touch owned`"\n/);
    const domain = world.workspace.domains[0];
    if (!domain) throw new Error("no domain");
    expect((await world.git.at(domain.home.path).listTree("refs/heads/main")).map((entry) => entry.path)).not.toContain("owned");
    expect(await checkDomainWiki({ domain, git: world.git, store: world.store })).toEqual([]);
    expect(await distill(world)).toMatchObject({ artifacts: 0, candidates: [], tickets: [] });

    const [waiting] = await listReview(world);
    const { ticket } = await approveCandidate(world, { id: waiting?.id ?? "" });
    expect(await runTickets(world, { diagnose })).toMatchObject({ merged: [ticket.id], blocked: [] });
    expect(await readMain(work, "wiki/history.md")).toMatch(/- Ship early \[\^c3\]\[\^c4\]\n/);
    expect(await listReview(world)).toEqual([]);
    const statuses = await world.store.read(async (tx) => (await tx.candidates.list()).map((candidate) => candidate.status));
    expect(statuses).toEqual(["written", "written", "written"]);
    expect(await distill(world)).toMatchObject({ artifacts: 0, candidates: [], tickets: [] });
  });

  test("I5: an executor cannot write the wiki, and a librarian's claim without a true source fails its gate", {
    timeout: 120_000,
  }, async () => {
    const work = await open();
    const page =
      '---\ntitle: P\nkind: pattern\nowner: music\nauthority: distilled\nupdated: 2026-11-01\n---\n\n- it is so [^c1]\n\n[^c1]: ticket MUS-99 "so"\n';
    const run = [`mkdir -p wiki && printf '%s' '${page}' > wiki/p.md && printf -- '- [P](p.md)\\n' > wiki/index.md`];
    const executor = await work.fileReady({ domain: "music", title: "Sneak", touches: ["wiki/p.md", "wiki/index.md"], run });
    await runTickets(work.world, { diagnose });
    const librarian = await work.fileReady({
      domain: "music",
      title: "Invent",
      role: "librarian",
      touches: ["wiki/p.md", "wiki/index.md"],
      run,
    });
    await runTickets(work.world, { diagnose });
    const tickets = await work.world.store.read((tx) => tx.tickets.list());
    expect(tickets.filter((ticket) => ticket.status.state === "merged")).toEqual([]);
    expect(await readMain(work, "wiki/p.md")).toBe("");
    const refused = await work.world.store.read((tx) => tx.events({ kind: "gate.refused", ticket: librarian }));
    expect(refused.map((event) => event.reason).join()).toContain("no ticket MUS-99 has landed in music");
    expect(tickets.find((ticket) => ticket.id === executor)?.status.state).toBe("blocked");
  });
});
