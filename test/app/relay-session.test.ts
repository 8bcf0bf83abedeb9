import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTicketFromDraft } from "../../src/app/create-ticket.ts";
import { listRelayedQuestions, relayAnswers, startRelayed, workRelayed } from "../../src/app/relay-session.ts";
import { startSession } from "../../src/app/start-session.ts";
import { applyTransition } from "../../src/core/ticket/apply-transition.ts";
import type { World } from "../../src/port/world.ts";
import { createYesInterviewer, type Interviewer } from "../../src/stage/interview/interviewer.ts";
import { makeSessionSteps } from "../support/make-session-steps.ts";
import { makeDraft } from "../support/make-ticket.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";

let made: WikiWorld;
let world: World;
let steps: ReturnType<typeof makeSessionSteps>;
const canary = "hedge-canary";

/** Without a box nothing runs: tickets stay as the plan left them. */
beforeEach(async () => {
  steps = makeSessionSteps();
  made = await makeWikiWorld({
    music: { prefix: "MUS", files: { "a.md": "TODO masters\nTODO links after masters\n" } },
    trading: { prefix: "TRD", files: { "a.md": `TODO ${canary}\n` }, sealed: true },
  });
  const probe = async () => ({ ok: false as const, reason: "none in this test", remedy: "none" });
  world = { ...made.world, box: { ...made.world.box, probe } };
});
afterEach(() => made.remove());

const answer = (decision: string, option: string) => ({ domain: "music", decision, option });
const events = (kind: string) => world.store.read((tx) => tx.events({ kind }));

describe("S19: the flow in steps", () => {
  test("S19: start, questions, answers, work, close; the next start has nothing new", async () => {
    const started = await startRelayed(world, steps);
    expect(started).toMatchObject({ session: "S-1", scouted: ["music", "operator"], skipped: [], failed: [], questions: 2 });
    await expect(workRelayed(world, steps)).rejects.toMatchObject({ code: "questions-open" });
    const { session, questions } = await listRelayedQuestions(world);
    expect([session, questions.map(({ candidate }) => candidate.key)]).toEqual(["S-1", ["todo:masters", "todo:links"]]);
    const kept = await relayAnswers(world, { answers: [answer("todo:masters", "do"), answer("todo:links", "recommended")] });
    expect(kept).toMatchObject({ kept: [{ decision: "todo:masters" }, { decision: "todo:links" }], stood: [], open: 0 });
    const worked = await workRelayed(world, steps);
    expect(worked).toMatchObject({ session: "S-1", ended: true, tickets: [{ id: "MUS-1" }, { id: "MUS-2" }] });
    expect(await events("session.started")).toMatchObject([{ actor: "orchestrator", authority: "relayed" }]);
    expect(await events("session.resumed")).toEqual([]);
    expect(await startRelayed(world, steps)).toMatchObject({ session: "S-2", scouted: [], skipped: ["music", "operator"], questions: 0 });
    expect(await world.store.verifyLog()).toMatchObject({ ok: true });
  });

  test("S19: a sealed domain is not looked at, and nothing of it is given", async () => {
    const given = [await startRelayed(world, steps), await listRelayedQuestions(world)];
    expect(steps.looked.toSorted()).toEqual(["music", "operator"]);
    expect(JSON.stringify(given)).not.toContain(canary);
    await relayAnswers(world, { answers: [answer("todo:masters", "do"), answer("todo:links", "do")] });
    expect((await workRelayed(world, steps)).ended).toBe(true);
    // What the relayed session left out is news to the operator's own terminal.
    const own = await startSession(world, { ...steps, interviewer: createYesInterviewer() });
    expect(own.decisions).toMatchObject([{ domain: "trading", answer: "chosen" }]);
  });

  test("S19: questions of a sealed domain that a terminal left open keep the session open, unseen, until it has put them", async () => {
    const leaving: Interviewer = { ...createYesInterviewer(), answer: async () => undefined };
    await expect(startSession(world, { ...steps, interviewer: leaving })).rejects.toMatchObject({ code: "interrupted" });
    await startRelayed(world, steps);
    await relayAnswers(world, { answers: [answer("todo:masters", "do"), answer("todo:links", "defer")] });
    const worked = await workRelayed(world, steps);
    expect(worked).toMatchObject({ session: "S-1", ended: false });
    expect(JSON.stringify(worked)).not.toMatch(/trading|TRD|hedge/);
    const own = await startSession(world, { ...steps, interviewer: createYesInterviewer() });
    expect(own.session).toBe("S-1");
    expect(own.decisions.map(({ domain, authority }) => `${domain} ${authority}`)).toEqual([
      "music relayed",
      "music relayed",
      "trading --yes",
    ]);
  });

  test("S19: answers and work without a session say so", async () => {
    await expect(relayAnswers(world, { answers: [answer("todo:masters", "do")] })).rejects.toMatchObject({ code: "no-session" });
    await expect(workRelayed(world, steps)).rejects.toMatchObject({ code: "no-session" });
    expect(await listRelayedQuestions(world)).toEqual({ questions: [] });
  });
});

describe("S20: what a session relays", () => {
  test("S20: is kept as relayed, by the orchestrator; the first answer stands", async () => {
    await startRelayed(world, steps);
    await relayAnswers(world, { answers: [answer("todo:masters", "leave")] });
    const again = await relayAnswers(world, { answers: [answer("todo:masters", "do")] });
    expect(again).toMatchObject({ kept: [], stood: [{ domain: "music", decision: "todo:masters" }], open: 1 });
    const decision = await world.store.read((tx) => tx.decisions.get("S-1/music/todo:masters"));
    expect(decision).toMatchObject({ answer: { kind: "chosen", option: "leave" }, authority: "relayed" });
    expect(await events("decision.answered")).toMatchObject([{ actor: "orchestrator", authority: "relayed" }]);
  });

  test("S20: one that names what does not exist refuses all of the call", async () => {
    await startRelayed(world, steps);
    const wrong = { answers: [answer("todo:masters", "do"), answer("todo:links", "delete-everything")] };
    await expect(relayAnswers(world, wrong)).rejects.toMatchObject({ code: "answers-unknown" });
    expect((await listRelayedQuestions(world)).questions).toHaveLength(2);
  });

  test.each([`todo:${canary}`, "todo:never-was"])(
    "S20: a sealed domain's question (%s) is refused alike, there or not",
    async (decision) => {
      const leaving: Interviewer = { ...createYesInterviewer(), answer: async () => undefined };
      await startSession(world, { ...steps, interviewer: leaving }).catch(() => undefined);
      const refused = relayAnswers(world, { answers: [answer("todo:masters", "do"), { domain: "trading", decision, option: "do" }] });
      await expect(refused).rejects.toMatchObject({ code: "domain-sealed", message: expect.not.stringContaining("todo") });
      const open = await world.store.read((tx) => tx.decisions.list({ session: "S-1" }));
      expect(open.map(({ answer }) => answer.kind)).toEqual(["open", "open", "open"]);
    },
  );

  test("S20: a draft it files is the orchestrator's and stays a draft; in or of a sealed domain it is refused", async () => {
    const filed = await createTicketFromDraft(world, { draft: makeDraft({ domain: "music" }), relayed: true });
    expect(filed).toMatchObject({ state: "draft" });
    expect(await events("ticket.created")).toMatchObject([{ actor: "orchestrator", authority: "relayed" }]);
    const note = { actor: "orchestrator", authority: "relayed", reason: "the operator said so" };
    const released = world.store.write((tx) => applyTransition(tx, filed.id, { kind: "ready" }, note));
    await expect(released).rejects.toMatchObject({ message: expect.stringContaining("no decision behind it") });
    const into = createTicketFromDraft(world, { draft: makeDraft({ domain: "trading" }), relayed: true });
    await expect(into).rejects.toMatchObject({ code: "domain-sealed" });
    for (const id of ["TRD-1", "TRD-99"]) {
      const after = createTicketFromDraft(world, { draft: makeDraft({ domain: "music", dependsOn: [id] }), relayed: true });
      await expect(after).rejects.toMatchObject({ code: "domain-sealed" });
    }
  });
});
