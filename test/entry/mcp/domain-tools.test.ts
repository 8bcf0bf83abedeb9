import { afterEach, describe, expect, test } from "vitest";
import { distill } from "../../../src/app/distill.ts";
import { keepAnswer, tellBrief, tellTicket } from "../../../src/app/keep-answer.ts";
import type { Fact } from "../../../src/contract/brief.ts";
import type { Report } from "../../../src/contract/run.ts";
import { domainTools } from "../../../src/entry/mcp/domain/tools.ts";
import type { ToolContext } from "../../../src/entry/mcp/mcp-tool.ts";
import { keepArtifacts } from "../../../src/stage/close/keep-artifacts.ts";
import { makeWikiWorld, type WikiWorld } from "../../support/make-wiki-world.ts";
import { sampleTicket } from "../../support/sample-records.ts";

let made: WikiWorld | undefined;
afterEach(async () => {
  await made?.remove();
  made = undefined;
});

const masters = "Masters of a release are due 14 days before.";
const plant = "The plant in Haarlem needs nine weeks for a colour pressing.";
const wrapped = "The artwork of a single is\n  made by the artist alone";
const releases = `---\ntitle: Releases\nkind: pattern\nowner: music\nauthority: distilled\nupdated: 2026-11-01\n---\n\n# Releases\n\n## Claims\n\n- ${masters} [^c1]\n- ${plant} [^c1]\n- ${wrapped} [^c1]\n\n[^c1]: operator 2026-10-01\n`;
const thread = "---\nstatus: active\nnext: ask the plant in Haarlem for a test pressing\nupdated: 2026-11-01\n---\n# The single\n";

async function openWorld(): Promise<WikiWorld> {
  made = await makeWikiWorld({
    music: {
      prefix: "MUS",
      files: { "wiki/index.md": "# Wiki\n\n- [Releases](releases.md)\n", "wiki/releases.md": releases, "threads/single.md": thread },
    },
  });
  return made;
}

function call({ world }: WikiWorld, tool: string, input: unknown): Promise<Record<string, unknown>> {
  const found = domainTools.find(({ name }) => name === tool);
  if (found === undefined) throw new Error(`there is no ${tool}`);
  return found.run({ world, domain: "music" } as ToolContext, found.input.parse(input));
}

async function putMerged({ world }: WikiWorld, id: string, learned: string[]): Promise<void> {
  const commit = "a".repeat(40);
  const report: Report = {
    ...{ id: `${id}/1`, ticket: id, epoch: 1, runtime: "script", at: "2026-11-19T08:00:00.000Z", outcome: "done", summary: "" },
    ...{ commands: [], changed: ["x.txt"], decided: [], learned, left: [] },
  };
  await world.store.write(async (tx) => {
    while ((await tx.nextNumber("MUS")) < Number(id.slice("MUS-".length)));
    await tx.tickets.insert(sampleTicket({ id, title: `Do ${id} well`, epoch: 1, status: { state: "merged", commit, receipt: commit } }));
    await tx.reports.put(report);
  });
}

const note = (...learned: string[]) => `# Note\n\n${learned.map((said) => `Learned: ${said}`).join("\n\n")}\n`;
const learnedOf = (candidates: readonly { claim: string; kind: string; source: { artifact: string } }[]) =>
  candidates
    .filter(({ claim }) => !claim.startsWith("2026-"))
    .map(({ kind, claim, source }) => [kind, claim, source.artifact.split("@")[0]]);

describe("what a domain's server told an agent is no evidence", () => {
  test("K2 M6: a note and a report that say an answer again give the claim no second source; what is their own stays, and the log names the others", async () => {
    const wiki = await openWorld();
    const { passages } = (await call(wiki, "ask_wiki", { question: "When are masters due, and how long does the plant need?" })) as {
      passages: { text: string }[];
    };
    expect(passages.map(({ text }) => text)).toEqual(expect.arrayContaining([masters, plant]));
    wiki.clock.set("2026-11-20T09:00:00.000Z");
    wiki.commit("music", { "notes/visit.md": note("masters of a release are due 14 days before", "the press is closed on every Monday") });
    await putMerged(wiki, "MUS-1", ["The plant in Haarlem needs 9 weeks for a colour pressing", "the courier comes on Tuesdays at noon"]);
    const { candidates } = await distill(wiki.world, { domain: "music" });
    expect(learnedOf(candidates)).toEqual([
      ["new", "The courier comes on Tuesdays at noon", "ticket:MUS-1"],
      ["new", "The press is closed on every Monday", "note:music:notes/visit.md"],
    ]);
    const [event] = await wiki.world.store.read((tx) => tx.events({ kind: "artifact.distilled" }));
    expect(event?.data.recalled).toHaveLength(2);
  });

  test("K2: without an answer the same note and report are a second source; so is what was kept before the answer", async () => {
    const wiki = await openWorld();
    await putMerged(wiki, "MUS-1", [masters]);
    await keepArtifacts(wiki.world);
    wiki.clock.set("2026-11-20T09:00:00.000Z");
    await call(wiki, "read_page", { path: "wiki/releases.md" });
    wiki.clock.set("2026-11-20T10:00:00.000Z");
    await putMerged(wiki, "MUS-2", [masters, plant]);
    const { candidates } = await distill(wiki.world, { domain: "music" });
    expect(learnedOf(candidates)).toEqual([["confirms", masters, "ticket:MUS-1"]]);
  });

  test("K2: of a page what stands in the lines that were shown, a statement over several lines too; of threads what they say; of each place once", async () => {
    const wiki = await openWorld();
    await call(wiki, "read_page", { path: "wiki/releases.md" });
    await call(wiki, "list_threads", {});
    const read = () => wiki.world.store.read((tx) => tx.notes.list());
    const before = (await read()).filter(({ id }) => id.startsWith("recalled:"));
    expect(before.map(({ id }) => id).sort()).toEqual([
      "recalled:answers:music",
      "recalled:answers:music:threads",
      "recalled:answers:music:wiki/releases.md",
    ]);
    wiki.clock.set("2026-11-20T09:00:00.000Z");
    await call(wiki, "read_page", { path: "wiki/releases.md" });
    await call(wiki, "ask_wiki", { question: "masters artwork plant" });
    expect((await read()).filter(({ id }) => id.startsWith("recalled:"))).toEqual(before);
    wiki.commit("music", {
      "notes/a.md": note("the artwork of a single is made by the artist alone", "ask the plant in Haarlem for a test pressing"),
    });
    expect((await distill(wiki.world, { domain: "music" })).candidates).toEqual([]);
  });

  test("K2: what adds to an answer goes to review; that a ticket landed is its own word", async () => {
    const wiki = await openWorld();
    await call(wiki, "ask_wiki", { question: "masters of a release" });
    const fact: Fact = { kind: "wiki", text: "Do MUS-1 well", evidence: [], score: 1 };
    await keepAnswer(wiki.world, { domain: "music", told: tellBrief({ facts: [fact], decisions: [] }) });
    wiki.clock.set("2026-11-20T09:00:00.000Z");
    await putMerged(wiki, "MUS-1", [`${masters.slice(0, -1)}, and so is the artwork of it`]);
    const { candidates } = await distill(wiki.world, { domain: "music" });
    expect(candidates.map(({ route, claim }) => [route, claim.replace(/ \(.*/, "")])).toEqual([
      ["review", `${masters.slice(0, -1)}, and so is the artwork of it`],
      ["librarian", "2026-11-20: Do MUS-1 well"],
    ]);
  });

  test("K2: a librarian's ticket tells what is about to stand in the wiki; another's words are work", () => {
    expect([...tellTicket({ role: "librarian", body: "- c1 (new): It\nrains." })]).toEqual([["tickets", ["- c1 (new): It rains."]]]);
    expect([...tellTicket({ role: "executor", body: "Learned: it rains." })]).toEqual([]);
  });

  test("K2: an answer that cannot be kept is not given", async () => {
    const wiki = await openWorld();
    const { world } = wiki;
    const store = { ...world.store, read: world.store.read.bind(world.store), write: () => Promise.reject(new Error("no room")) };
    const broken = { ...wiki, world: { ...world, store: store as typeof world.store } };
    await expect(call(broken, "ask_wiki", { question: "masters" })).rejects.toThrow("no room");
    await expect(call(broken, "read_page", { path: "wiki/releases.md" })).rejects.toThrow("no room");
  });
});
