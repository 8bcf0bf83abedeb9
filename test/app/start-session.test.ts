import { afterEach, expect, test } from "vitest";
import { startSession } from "../../src/app/start-session.ts";
import { AnswersFile } from "../../src/contract/decision.ts";
import type { World } from "../../src/port/world.ts";
import { createFileInterviewer, createYesInterviewer } from "../../src/stage/interview/interviewer.ts";
import { makeSessionSteps } from "../support/make-session-steps.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";

let made: WikiWorld | undefined;
afterEach(async () => {
  await made?.remove();
  made = undefined;
});

const domainGuide = "# Music\n\n## Priorities\n\n1. **Masters** go out in time\n2. **Links** that work\n";
const noBox: World["box"] = {
  probe: async () => ({ ok: false, reason: "none in this test", remedy: "none" }),
  run: () => Promise.reject(new Error("no box")),
};

/** Without a box nothing runs: tickets stay as the plan left them. */
async function makeMusic(files: Record<string, string>): Promise<WikiWorld> {
  made = await makeWikiWorld({ music: { prefix: "MUS", files: { "DOMAIN.md": domainGuide, ...files } } });
  made = { ...made, world: { ...made.world, box: noBox } };
  return made;
}

const yes = createYesInterviewer();

test("S1: a session briefs, asks, plans; the next one with nothing new scouts nothing and files nothing", async () => {
  const { world } = await makeMusic({ "a.md": "TODO links\n" });
  const first = await startSession(world, { interviewer: yes, ...makeSessionSteps() });
  expect(first).toMatchObject({ scouted: ["music", "operator"], skipped: [], modelCalls: 0, doctor: { grade: "A" } });
  expect(first.decisions).toMatchObject([{ decision: "todo:links", answer: "chosen", option: "do", tickets: ["MUS-1"] }]);
  expect(first.tickets).toEqual([{ id: "MUS-1", state: "ready", causes: [] }]);
  const steps = makeSessionSteps();
  const second = await startSession(world, { interviewer: yes, ...steps });
  expect(second).toMatchObject({ scouted: [], skipped: ["music", "operator"], decisions: [], tickets: [] });
  expect(steps.looked).toEqual([]);
  expect(await world.store.verifyLog()).toMatchObject({ ok: true });
});

test("S15: one ticket waits for a decision that was deferred; decided next time, its draft is used and not filed again", async () => {
  const made = await makeMusic({ "a.md": "TODO masters\nTODO links after masters\n" });
  const answer = (option: string) =>
    createFileInterviewer(AnswersFile.parse({ default: "recommended", answers: [{ domain: "music", decision: "todo:masters", option }] }));
  const first = await startSession(made.world, { interviewer: answer("defer"), ...makeSessionSteps() });
  expect(first.tickets).toMatchObject([
    { id: "MUS-1", state: "draft" },
    { id: "MUS-2", state: "blocked", causes: [{ kind: "dependency", ref: "MUS-1" }] },
  ]);
  made.commit("music", { "b.md": "news\n" });
  const second = await startSession(made.world, { interviewer: answer("do"), ...makeSessionSteps() });
  expect(second.decisions).toMatchObject([{ decision: "todo:masters", tickets: ["MUS-1"] }]);
  expect(second.tickets).toEqual([{ id: "MUS-1", state: "ready", causes: [] }]);
  const tickets = await made.world.store.read((tx) => tx.tickets.list());
  expect(tickets).toHaveLength(2);
  expect(tickets[0]?.provenance.decision).toBe("S-2/music/todo:masters");
});
