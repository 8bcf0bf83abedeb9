import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listQuestions } from "../../src/app/list-questions.ts";
import { readAnswersFile } from "../../src/app/read-answers-file.ts";
import { startSession } from "../../src/app/start-session.ts";
import { AnswersFile } from "../../src/contract/decision.ts";
import { createTicket } from "../../src/core/ticket/create-ticket.ts";
import type { World } from "../../src/port/world.ts";
import { createFileInterviewer, createYesInterviewer, type Interviewer } from "../../src/stage/interview/interviewer.ts";
import { makeSessionSteps } from "../support/make-session-steps.ts";
import { makeDraft } from "../support/make-ticket.ts";
import { makeWikiWorld, type WikiWorld } from "../support/make-wiki-world.ts";

let made: WikiWorld;
let world: World;
const steps = makeSessionSteps();
const yes = createYesInterviewer();
const todos = { "a.md": "TODO masters\nTODO links after masters\n" };

/** Without a box nothing runs: tickets stay as the plan left them. */
beforeEach(async () => {
  made = await makeWikiWorld({
    music: { prefix: "MUS", files: todos },
    trading: { prefix: "TRD", files: { "a.md": "TODO hedge\n" }, sealed: true },
  });
  const probe = async () => ({ ok: false as const, reason: "none in this test", remedy: "none" });
  world = { ...made.world, box: { ...made.world.box, probe } };
});
afterEach(() => made.remove());

const byFile = (file: unknown) => createFileInterviewer(AnswersFile.parse(file));
const answers = (...pairs: [string, string][]) =>
  byFile({ default: "recommended", answers: pairs.map(([decision, option]) => ({ domain: "music", decision, option })) });
const start = (interviewer: Interviewer, changes: Partial<World> = {}) => startSession({ ...world, ...changes }, { ...steps, interviewer });
const decisionsOf = (session: string) => world.store.read((tx) => tx.decisions.list({ session }));
const ticket = (id: string) => world.store.read((tx) => tx.tickets.get(id));

describe("S11: an answers file", () => {
  test("S11: refused before any answer is kept; corrected, the session goes on", async () => {
    const wrong = byFile({
      answers: [
        { domain: "music", decision: "todo:masters", option: "do" },
        { domain: "music", decision: "todo:link", option: "do" },
      ],
    });
    await expect(start(wrong)).rejects.toMatchObject({ code: "answers-unknown", hint: expect.stringContaining("todo:links") });
    expect((await decisionsOf("S-1")).map(({ answer }) => answer.kind)).toEqual(["open", "open", "open"]);
    const { session, tickets } = await start(answers(["todo:links", "do"]));
    expect([session, tickets.length]).toEqual(["S-1", 3]);
  });

  test("S11: it may speak of what was answered before", async () => {
    await start(answers(["todo:links", "leave"]));
    const again = await start(answers(["todo:links", "leave"]));
    expect(again).toMatchObject({ scouted: [], decisions: [], tickets: [] });
  });

  test("S11: the template leaves the session open; given back it goes on; nothing is overwritten", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mos-answers-"));
    try {
      const file = join(folder, "a.yaml");
      expect(await listQuestions(world, { ...steps, file })).toEqual({ session: "S-1", file, questions: 3 });
      await expect(listQuestions(world, { ...steps, file })).rejects.toMatchObject({ code: "file-exists" });
      const result = await start(createFileInterviewer(await readAnswersFile(file)));
      expect(result).toMatchObject({ session: "S-1", scouted: ["music", "trading", "operator"] });
      expect(result.decisions.map(({ option }) => option)).toEqual(["do", "do", "do"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.for([
    ["answers: [\n", 2, "answers-invalid"],
    ["default: defer\nanswers:\n  - domain: music\n    decision: x\n    optoin: do\n", 3, "answers-invalid"],
    ["default: maybe\n", 1, "answers-invalid"],
  ] as const)("S11: a file that is none is refused with its line: %j", async ([text, line, code]) => {
    const folder = mkdtempSync(join(tmpdir(), "mos-answers-"));
    const file = join(folder, "a.yaml");
    writeFileSync(file, text);
    await expect(readAnswersFile(file)).rejects.toMatchObject({ code, message: expect.stringContaining(`${file}:${line}: `) });
    rmSync(folder, { recursive: true });
    await expect(readAnswersFile(file)).rejects.toMatchObject({ code: "answers-missing", message: expect.stringContaining(file) });
  });
});

describe("S12, S13: who answers", () => {
  test("S12: a standing decision answers its playbook's question without asking", async () => {
    const domains = world.workspace.domains.map((domain) => ({
      ...domain,
      standing: [{ playbook: "todo", option: "do", reason: "always" }],
    }));
    const nobody: Interviewer = { ...yes, answer: () => Promise.reject(new Error("asked")) };
    const { decisions, tickets } = await start(nobody, { workspace: { ...world.workspace, domains } });
    expect(decisions.map(({ authority, option }) => [authority, option])).toEqual(Array(3).fill(["standing", "do"]));
    expect(tickets.map(({ id }) => id)).toEqual(["MUS-1", "MUS-2", "TRD-1"]);
    expect((await ticket("MUS-1"))?.provenance.standing).toBe("todo: do");
  });

  test("S13: each answer keeps who gave it; a relayed one leaves a sealed domain's questions deferred, unseen", async () => {
    const seen: string[] = [];
    const relayed: Interviewer = {
      authority: "relayed",
      mayAnswerSealed: false,
      answer: async ({ decision }) => {
        seen.push(decision.domain);
        return { kind: "chosen", option: "do" };
      },
    };
    const { decisions } = await start(relayed);
    expect(seen).toEqual(["music", "music"]);
    expect(decisions.map(({ domain, answer, authority }) => [domain, answer, authority])).toEqual([
      ["music", "chosen", "relayed"],
      ["music", "chosen", "relayed"],
      ["trading", "deferred", "mos"],
    ]);
  });
});

describe("S14: where a ticket comes from", () => {
  test("S14: it names session, brief, decision, option and playbook; it waits for the other question's ticket", async () => {
    await start(yes);
    const provenance = {
      session: "S-1",
      brief: "S-1/music",
      decision: "S-1/music/todo:links",
      option: "do",
      playbook: "todo",
      candidates: [],
    };
    expect(await ticket("MUS-2")).toMatchObject({ title: "Do links", dependsOn: ["MUS-1"], touches: ["a.md"], provenance });
    expect((await ticket("MUS-2"))?.status).toMatchObject({
      state: "blocked",
      from: "ready",
      causes: [{ kind: "dependency", ref: "MUS-1" }],
    });
  });

  test("S14: words of the operator's own become a draft, and T9 keeps it one until it can be checked", async () => {
    const own = byFile({ answers: [{ domain: "music", decision: "todo:masters", option: "other", note: "Ask Ada" }] });
    const { tickets } = await start(own);
    expect(tickets).toEqual([{ id: "MUS-1", state: "draft", causes: [] }]);
    expect(await ticket("MUS-1")).toMatchObject({ title: "Ask Ada" });
  });
});

describe("S15, S17: what was deferred", () => {
  beforeEach(async () => {
    await start(answers(["todo:masters", "defer"]));
  });

  test("S17: it is not asked while its domain is skipped, and asked when that is next scouted", async () => {
    expect((await start(yes)).decisions).toEqual([]);
    made.commit("trading", { "b.md": "news\n" });
    expect((await start(yes)).decisions).toEqual([]);
    made.commit("music", { "b.md": "news\n" });
    expect((await start(yes)).decisions.map(({ decision }) => decision)).toEqual(["todo:masters"]);
  });

  test("S15: decided otherwise, the other option's ticket stands for the draft, and who waits goes on after it", async () => {
    made.commit("music", { "b.md": "news\n" });
    await start(answers(["todo:masters", "ask"]));
    expect((await ticket("MUS-1"))?.successor).toBe("MUS-3");
    expect((await ticket("MUS-2"))?.status).toMatchObject({ state: "blocked", causes: [{ kind: "dependency", ref: "MUS-3" }] });
    expect(await ticket("MUS-3")).toMatchObject({ title: "Ask about masters", status: { state: "ready" } });
  });

  test("S15: decided for nothing, the draft is withdrawn and who waits asks the operator", async () => {
    made.commit("music", { "b.md": "news\n" });
    await start(answers(["todo:masters", "leave"]));
    expect((await ticket("MUS-1"))?.status).toMatchObject({ causes: [{ kind: "withdrawn" }] });
    const waiting = await ticket("MUS-2");
    expect(waiting?.status.state === "blocked" && waiting.status.causes.map(({ kind }) => kind)).not.toContain("dependency");
    expect(waiting?.status.state).toBe("blocked");
  });

  test("S15: deferred again, the same draft still waits", async () => {
    made.commit("music", { "b.md": "news\n" });
    await start(answers(["todo:masters", "defer"]));
    expect(await world.store.read((tx) => tx.tickets.list({ domain: "music" }))).toHaveLength(2);
    made.commit("music", { "c.md": "news\n" });
    expect((await start(answers(["todo:masters", "do"]))).tickets).toMatchObject([{ id: "MUS-1", state: "ready" }]);
  });
});

describe("S7: news", () => {
  test("S7: a ticket that the operator files while the session runs is news to the next one, what the session files is not", async () => {
    const filing: Interviewer = {
      ...yes,
      answer: async (question) => {
        const args = { draft: makeDraft(), prefix: "MUS", sealedDomains: [], now: world.clock.now(), actor: "operator" };
        if (question.number === 1) await world.store.write((tx) => createTicket(tx, args));
        return await yes.answer(question);
      },
    };
    await start(filing);
    expect(await start(yes)).toMatchObject({ scouted: ["music"], skipped: ["trading", "operator"] });
  });

  test("S7: the brief keeps its age, and its facts are of now", async () => {
    await start(yes);
    const [brief] = await world.store.read((tx) => tx.briefs.list({ domain: "music" }));
    const [written] = await world.store.read((tx) => tx.events({ kind: "brief.written", domain: "music" }));
    expect(Date.parse(brief?.at ?? "")).toBeLessThan(Date.parse(written?.at ?? ""));
    expect(brief?.facts.filter(({ kind }) => kind === "ticket").map(({ text }) => text)).toEqual([
      expect.stringContaining("MUS-2 Do links is blocked"),
    ]);
  });
});

describe("S16, S18: one session at a time", () => {
  test("S16: a second start while one runs is refused and changes nothing; when the first is gone it goes on", async () => {
    let second: unknown;
    const nosy: Interviewer = {
      ...yes,
      answer: async (question) => {
        second ??= await start(yes, { worker: { id: "host/2/2", pid: 2, process: "boot:2" } }).catch((error: unknown) => error);
        return await yes.answer(question);
      },
    };
    const { session } = await start(nosy);
    expect(second).toMatchObject({ code: "session-running", message: "A session is running already, in process 1." });
    expect(session).toBe("S-1");
    expect((await start(yes)).session).toBe("S-2");
  });

  test("S10: broken off by the operator: exit 130, every answer kept, and the next start goes on", async () => {
    const leaving: Interviewer = { ...yes, answer: async (question) => (question.number === 2 ? undefined : yes.answer(question)) };
    await expect(start(leaving)).rejects.toMatchObject({
      code: "interrupted",
      exit: 130,
      message: expect.stringContaining("2 questions open"),
    });
    const rest: string[] = [];
    const noting: Interviewer = {
      ...yes,
      answer: async (question) => {
        rest.push(question.decision.candidate.key);
        return await yes.answer(question);
      },
    };
    const result = await start(noting);
    expect([result.session, rest]).toEqual(["S-1", ["todo:links", "todo:hedge"]]);
  });

  test("S18: the result counts model calls from the session's record", async () => {
    const counting: Interviewer = {
      ...yes,
      answer: async (question) => {
        await world.store.write(async (tx) => {
          const session = await tx.sessions.get("S-1");
          if (session !== undefined) await tx.sessions.put({ ...session, modelCalls: session.modelCalls + 1 });
        });
        return await yes.answer(question);
      },
    };
    expect((await start(counting)).modelCalls).toBe(3);
    expect((await start(yes)).modelCalls).toBe(0);
  });
});
