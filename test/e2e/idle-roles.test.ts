import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cron } from "croner";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createModelRuntime } from "../../src/adapter/runtime-model/model-runtime.ts";
import { type ScriptedModel, startScriptedModel } from "../../src/adapter/scripted-model/start-scripted-model.ts";
import { distill } from "../../src/app/distill.ts";
import { startSession } from "../../src/app/start-session.ts";
import { listTurns, takeTurn } from "../../src/app/take-turn.ts";
import { watchLanes } from "../../src/app/watch-lanes.ts";
import { ModelRole } from "../../src/contract/agent.ts";
import type { World } from "../../src/port/world.ts";
import { createYesInterviewer } from "../../src/stage/interview/interviewer.ts";
import { createFixedClock } from "../support/fixed-clock.ts";
import { runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, type OpenedWorld, openWorld } from "../support/open-world.ts";
import { scaleRuns } from "../support/read-seed.ts";

const starts = scaleRuns({ short: 10, long: 100 });
const rhythm = { scout: "0 * * * *", distill: "30 */4 * * *" };
const evidence = [{ path: "README.md", line: 1, quote: "The launch is on Friday." }];
const judged = {
  facts: [{ kind: "risk", text: "The launch is near.", evidence }],
  // It stays open, since nobody takes a judgement's option for the operator.
  decisions: [
    {
      ...{ key: "launch", question: "What of the launch?", weight: 50, evidence },
      options: [
        { id: "go", label: "Go" },
        { id: "wait", label: "Wait" },
      ],
    },
  ],
};
const files = {
  "DOMAIN.md": "# Guide\n\n## Priorities\n\n1. **Launch** in time\n",
  "README.md": "The launch is on Friday.\n",
  "check.sh": "exit 0\n",
  "notes/a.md": "# Note\n\nLearned: the plant needs six weeks for vinyl\n",
};

let model: ScriptedModel;
let opened: OpenedWorld;
let world: World;
let clock: ReturnType<typeof createFixedClock>;

/** Every role is played by a model that counts what it is asked. */
beforeEach(async () => {
  model = await startScriptedModel({ script: { default: [{ tools: [{ name: "hand_in", input: judged }] }] } });
  const config = { kind: "model" as const, provider: "anthropic" as const, model: "scripted", baseUrl: `${model.url}/v1` };
  const roles = Object.fromEntries(ModelRole.options.map((role) => [role, { runtime: "own" }]));
  opened = await openWorld(
    { music: { prefix: "MUS", files, config: { rhythm } }, trading: { prefix: "TRA", files, config: { rhythm } } },
    {
      config: { roles, runtimes: { own: config } },
      roleRuntimes: { own: createModelRuntime({ name: "own", config, readKey: () => undefined }) },
    },
  );
  clock = createFixedClock(new Date().toISOString());
  world = { ...opened.world, clock };
});
afterEach(async () => {
  await opened.remove();
  await model.close();
});

const asked = () => model.requests().length;
const start = () => startSession(world, { interviewer: createYesInterviewer(), diagnose: async () => healthy });
const counted = async () => (await world.store.read((tx) => tx.sessions.list())).reduce((sum, { modelCalls }) => sum + modelCalls, 0);
const ran = async () => (await world.store.read((tx) => tx.agentRuns.list())).length;

/** As the operator would. */
function commitNews(domain: string): void {
  const home = join(opened.root, domain);
  writeFileSync(join(home, "news.md"), "The launch has moved.\n");
  runGitIn(home, "add", "news.md");
  runGitIn(home, "commit", "-q", "-m", "docs: news");
}

/** Nothing is asked of a model meanwhile, and none of our own counters moves; then something is new, and all of them do. */
async function expectIdle(body: () => Promise<void>): Promise<void> {
  const before = { asked: asked(), counted: await counted(), ran: await ran() };
  await body();
  expect({ asked: asked(), counted: await counted(), ran: await ran() }).toEqual(before);
  commitNews("music");
  const { scouted, modelCalls } = await start();
  expect(scouted).toContain("music");
  expect(modelCalls).toBeGreaterThan(0);
  expect({ asked: asked(), counted: await counted(), ran: await ran() }).toEqual({
    asked: before.asked + modelCalls,
    counted: before.counted + modelCalls,
    ran: before.ran + modelCalls,
  });
}

describe.skipIf(!boxAvailable)("I6: with nothing new no model is asked, though one is named for every role", () => {
  test(`V10: ${starts} starts in a row`, async () => {
    const first = await start();
    expect(first).toMatchObject({ failed: [], modelCalls: asked() });
    expect(asked()).toBeGreaterThanOrEqual(2);
    await expectIdle(async () => {
      for (let at = 0; at < starts; at += 1) expect(await start()).toMatchObject({ scouted: [], failed: [], modelCalls: 0 });
    });
  });

  test("V10: thirty hours of the resident process: each turn of the rhythm at its time, and the lanes watched", async () => {
    await start();
    // The notes are distilled once, by rules; what comes of it lands, is news once, and leaves its own log.
    await distill(world, {});
    await start();
    await distill(world, {});
    const from = new Date(clock.now());
    const hours = 30;
    const due = listTurns(world)
      .flatMap((turn) => new Cron(turn.cron, { paused: true }).nextRuns(2 * hours, from).map((at) => ({ turn, at: at.getTime() })))
      .filter(({ at }) => at < from.getTime() + hours * 3_600_000)
      .sort((one, other) => one.at - other.at);
    expect(due.length).toBeGreaterThan(2 * hours);
    const taken: string[] = [];
    await expectIdle(async () => {
      for (const { turn, at } of due) {
        clock.set(new Date(at).toISOString());
        if (await takeTurn(world, turn)) taken.push(`${turn.kind} ${turn.domain} ${Math.floor((at - from.getTime()) / 3_600_000)}`);
        await watchLanes(world);
      }
    });
    // A brief has a greatest age: rules look again then, and the model's part stands as it was.
    // Where the rhythm is a daily one, as the operator's, that is its first turn after that age.
    expect(taken.filter((one) => !/ (2[34]|operator (2[5-9]))$/.test(one))).toEqual([]);
    expect(taken.length).toBeLessThanOrEqual(3);
  });

  test("V10: a distillation, of what is new and of nothing", async () => {
    await start();
    expect((await distill(world, {})).artifacts).toBeGreaterThan(0);
    await expectIdle(async () => {
      for (let at = 0; at < 5; at += 1) expect(await distill(world, {})).toMatchObject({ artifacts: 0, candidates: [] });
    });
  });
});
