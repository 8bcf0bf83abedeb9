import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSession } from "../../src/app/start-session.ts";
import { composeWorld, type OpenWorld } from "../../src/entry/compose.ts";
import type { Question } from "../../src/stage/interview/interviewer.ts";
import { type BuiltProgram, buildProgram } from "../support/build-program.ts";
import { makeSessionSteps } from "../support/make-session-steps.ts";
import { makeWorkspace } from "../support/make-workspace.ts";

let program: BuiltProgram;
beforeAll(async () => {
  program = await buildProgram("test/app/die-in-session.ts");
});
afterAll(() => program?.remove());

const todos = { "README.md": "# Music\n\nTODO one\nTODO two after one\nTODO three\n" };

/** Kills a session at the moment, then plays the workspace's next one to its end. */
async function dieAndGoOn(moment: readonly string[], look: (after: OpenWorld) => Promise<void>): Promise<void> {
  const bench = await makeWorkspace();
  try {
    await bench.add({ name: "music", path: bench.repository("label", todos), prefix: "MUS", knowledgeOnly: true });
    const died = spawnSync(process.execPath, [program.file, bench.root, ...moment], { encoding: "utf8" });
    expect({ signal: died.signal, stderr: died.stderr }).toEqual({ signal: "SIGKILL", stderr: "" });
    const opened = await composeWorld({ start: bench.root, exact: true, report: () => {}, signal: new AbortController().signal });
    try {
      await look(opened);
    } finally {
      await opened.close();
    }
  } finally {
    await bench.remove();
  }
}

async function goOn({ world }: OpenWorld) {
  const asked: Question[] = [];
  const result = await startSession(
    { ...world, box: { probe: async () => ({ ok: false, reason: "none in this test", remedy: "none" }), run: world.box.run } },
    {
      ...makeSessionSteps(),
      interviewer: {
        authority: "operator",
        mayAnswerSealed: true,
        answer: async (question) => {
          asked.push(question);
          return { kind: "chosen", option: "do", note: "second life" };
        },
      },
    },
  );
  return { result, asked: asked.map(({ decision }) => decision.candidate.key) };
}

describe("S10, S14, S16: a session killed with -9", () => {
  test("S10: between two answers: the next start goes on with the first open question, and what was answered stands", async () => {
    await dieAndGoOn(["answer", "2"], async (opened) => {
      const { result, asked } = await goOn(opened);
      expect(result.session).toBe("S-1");
      expect(asked).toHaveLength(2);
      const decisions = await opened.world.store.read((tx) => tx.decisions.list());
      const notes = decisions.map(({ answer }) => (answer.kind === "chosen" ? answer.note : answer.kind));
      expect(notes.toSorted()).toEqual(["first life, answer 1", "second life", "second life"]);
      expect(result.tickets.map(({ id }) => id).toSorted()).toEqual(["MUS-1", "MUS-2", "MUS-3"]);
      expect(await opened.world.store.verifyLog()).toMatchObject({ ok: true });
    });
  });

  test.for(["decision.asked", "decision.answered", "ticket.ready", "decision.planned", "session.ended"])(
    "S14: inside the transaction of %s: the next start asks and files everything once",
    async (kind) => {
      await dieAndGoOn(["event", kind], async (opened) => {
        const { result } = await goOn(opened);
        expect(result.session).toBe("S-1");
        const { decisions, tickets, events } = await opened.world.store.read(async (tx) => ({
          decisions: await tx.decisions.list(),
          tickets: await tx.tickets.list(),
          events: await tx.events(),
        }));
        expect(decisions.map(({ planned }) => planned?.length)).toEqual([1, 1, 1]);
        expect(tickets.map(({ title }) => title).toSorted()).toEqual(["Do one", "Do three", "Do two"]);
        const count = (name: string) => events.filter((event) => event.kind === name).length;
        expect([count("decision.asked"), count("decision.answered"), count("decision.planned"), count("session.ended")]).toEqual([
          3, 3, 3, 1,
        ]);
        expect(await opened.world.store.verifyLog()).toMatchObject({ ok: true });
        expect(await opened.world.store.read((tx) => tx.leases.list())).toEqual([]);
      });
    },
  );
});
