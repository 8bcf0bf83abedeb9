import { afterEach, expect, test } from "vitest";
import { distill } from "../../src/app/distill.ts";
import type { Report } from "../../src/contract/run.ts";
import type { Ticket } from "../../src/contract/ticket.ts";
import { rememberRecalled } from "../../src/core/knowledge/recalled.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";
import { sampleTicket } from "../support/sample-records.ts";

let made: WikiWorld | undefined;
afterEach(async () => {
  await made?.remove();
  made = undefined;
});

const page = (claim: string) =>
  `---\ntitle: Releases\nkind: pattern\nowner: music\nauthority: verified\nupdated: 2026-11-01\n---\n\n# Releases\n\n## Claims\n\n- ${claim} [^c1]\n\n[^c1]: operator 2026-10-01\n`;
const claim = "Masters of a release are due 14 days before.";

async function openWorld(): Promise<WikiWorld> {
  made = await makeWikiWorld({
    music: { prefix: "MUS", files: { "wiki/index.md": "# Wiki\n\n- [Releases](releases.md)\n", "wiki/releases.md": page(claim) } },
  });
  return made;
}

async function putMerged({ world }: WikiWorld, id: string, learned: string[], more: Partial<Ticket> = {}): Promise<void> {
  const commit = "a".repeat(40);
  const report: Report = {
    ...{ id: `${id}/1`, ticket: id, epoch: 1, runtime: "script", at: "2026-11-19T08:00:00.000Z", outcome: "done", summary: "" },
    ...{ commands: [], changed: ["x.txt"], decided: [], learned, left: [] },
  };
  await world.store.write(async (tx) => {
    while ((await tx.nextNumber("MUS")) < Number(id.slice("MUS-".length)));
    await tx.tickets.insert(
      sampleTicket({ id, title: `Do ${id} well`, epoch: 1, status: { state: "merged", commit, receipt: commit }, ...more }),
    );
    await tx.reports.put(report);
  });
}

const learnedOf = (candidates: readonly { claim: string; kind: string; confidence: string }[]) =>
  candidates.filter((one) => !one.claim.startsWith("2026-")).map(({ claim, kind, confidence }) => [kind, confidence, claim]);

test("K2: a trailer that says again what the wiki told that ticket is no candidate, and the log names it; an independent one confirms", async () => {
  const wiki = await openWorld();
  const { store } = wiki.world;
  await store.write((tx) => rememberRecalled(tx, { kind: "ticket", ticket: "MUS-1" }, [claim]));
  await putMerged(wiki, "MUS-1", ["masters of a release are due 14 days before", "the press is closed on every Monday"]);
  await putMerged(wiki, "MUS-2", ["masters of a release are due 14 days before"]);
  const { candidates } = await distill(wiki.world, { domain: "music" });
  expect(learnedOf(candidates)).toEqual([
    ["new", "high", "The press is closed on every Monday"],
    ["confirms", "high", "Masters of a release are due 14 days before"],
  ]);
  expect(candidates.find((one) => one.kind === "confirms")?.source.artifact).toBe("ticket:MUS-2");
  const [event] = await store.read((tx) => tx.events({ kind: "artifact.distilled" }));
  expect(event?.data.recalled).toEqual([expect.stringMatching(/^ticket:MUS-1#\d+$/)]);
});

test("K2: what a ticket was told, its successors were told; what adds to a recalled passage goes to review", async () => {
  const wiki = await openWorld();
  await wiki.world.store.write((tx) => rememberRecalled(tx, { kind: "ticket", ticket: "MUS-1" }, [claim]));
  await putMerged(wiki, "MUS-2", [claim, `${claim.slice(0, -1)}, and its artwork is due on the same day`], {
    provenance: { predecessor: "MUS-1", candidates: [] },
  });
  const { candidates } = await distill(wiki.world, { domain: "music" });
  const [only, ...others] = candidates.filter((one) => !one.claim.startsWith("2026-"));
  expect(others).toEqual([]);
  expect(only).toMatchObject({ confidence: "medium", route: "review", reason: expect.stringContaining("what the wiki had told") });
});

test("K2: what was recalled is kept once, the newest where there is much of it", async () => {
  const { world } = await openWorld();
  const reader = { kind: "session" as const, session: "s1", domain: "music" };
  await world.store.write((tx) => rememberRecalled(tx, reader, [claim, claim, " "]));
  const many = Array.from({ length: 600 }, (_, index) => `passage number ${index}`);
  const read = () => world.store.read((tx) => tx.notes.get("recalled:session:s1:music"));
  expect((await read())?.value).toEqual({ texts: [claim] });
  await world.store.write((tx) => rememberRecalled(tx, reader, many));
  expect((await read())?.value).toEqual({ texts: many.slice(100) });
});
