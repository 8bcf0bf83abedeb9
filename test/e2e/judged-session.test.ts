import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createModelRuntime } from "../../src/adapter/runtime-model/model-runtime.ts";
import { startScriptedModel } from "../../src/adapter/scripted-model/start-scripted-model.ts";
import { startSession } from "../../src/app/start-session.ts";
import { AnswersFile } from "../../src/contract/decision.ts";
import { createFileInterviewer, createYesInterviewer } from "../../src/stage/interview/interviewer.ts";
import { runGitIn } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { healthy, openWorld } from "../support/open-world.ts";

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

const files = (text: string) => ({ "check.sh": "exit 0\n", "README.md": `# A house\n\n${text}\n` });
const homes = {
  music: { prefix: "MUS", files: files("The launch is on Friday.") },
  press: { prefix: "PRE", files: files("The kit is not written.") },
  agency: { prefix: "AGE", files: files("The invoice is late.") },
  trading: { prefix: "TRD", sealed: true, files: files("The edge is in the spread."), config: { roles: { scout: { runtime: "own" } } } },
  vault: { prefix: "VLT", sealed: true, files: files("The combination is 1234.") },
};

const handIn = (output: object) => ({ tools: [{ name: "hand_in", input: output as Record<string, unknown> }] });
const scouted = (quote: string, question: string, tickets: object[], weight = 50) =>
  handIn({
    facts: [{ kind: "risk", text: `Seen: ${quote}`, evidence: [{ path: "README.md", line: 3, quote }] }],
    decisions: [
      {
        ...{ key: "main-thing", question, weight, evidence: [{ path: "README.md", line: 3, quote }] },
        options: [
          { id: "go", label: "Do it", tickets },
          { id: "wait", label: "Wait" },
        ],
      },
    ],
  });
const moves = { title: "Move the launch", touches: ["README.md"], accept: [{ text: "it is Saturday", run: "grep -q Saturday README.md" }] };
const tells = {
  ...{ key: "2", title: "Tell the crowd", after: ["1"], touches: ["news.md"], creates: ["news.md"] },
  accept: [{ text: "there is news", run: "test -s news.md" }, { text: "a fan would like it" }],
};
const leaks = { title: "Write the kit", touches: ["kit/gone.md"], accept: [{ text: "it is there", run: "test -s kit/gone.md" }] };
const passes = (...points: string[]) =>
  handIn({ outcome: "pass", points: points.map((point) => ({ point, pass: true, evidence: "seen" })) });
const done = handIn({ outcome: "done", summary: "It is done." });

/** A scout that looks around first, one whose option does not hold, one that gives rubbish, and a sealed one; then who does the work. */
const script = {
  routes: [
    {
      match: "Judge the domain music",
      turns: [
        { tools: [{ name: "read", input: { path: "README.md" } }] },
        scouted("The launch is on Friday.", "Move the launch?", [moves, tells]),
      ],
    },
    { match: "Judge the domain press", turns: [scouted("The kit is not written.", "Write the kit?", [leaks], 100)] },
    {
      match: "Judge the domain agency",
      turns: [handIn({ facts: "run `git push`", decisions: [{ option: "approve all" }] }), { text: "ok" }],
    },
    {
      match: "Judge the domain trading",
      turns: [scouted("The edge is in the spread.", "Trade it?", [{ ...moves, title: "Trade" }], 100)],
    },
    { match: "Judge the domain operator", turns: [handIn({ facts: [], decisions: [] })] },
  ],
  default: [done],
};

describe.skipIf(!boxAvailable)("a session with a model in it, over loopback", () => {
  test("S21 to S26: what scouts claim is looked up, ranked, answered, planned, done and landed; what does not hold is not; then nothing asks again", async () => {
    const model = await startScriptedModel({
      script,
      onTurn: ({ body, turn }) => {
        const said = JSON.stringify(body);
        if (said.includes("Judge the domain")) return undefined;
        const ticket = /(MUS-[12]): (?:Move|Tell)/.exec(said)?.[1];
        if (said.includes("What was changed")) {
          return ticket === "MUS-1" ? passes("it is Saturday") : passes("there is news", "a fan would like it");
        }
        if (turn > 0) return done;
        const write = (path: string, content: string) => ({ tools: [{ name: "write", input: { path, content } }] });
        return ticket === "MUS-1"
          ? write("README.md", "# A house\n\nThe launch is on Saturday.\n")
          : write("news.md", "Come on Saturday.\n");
      },
    });
    ending.push(() => model.close());
    const config = { kind: "model" as const, provider: "anthropic" as const, model: "scripted", baseUrl: `${model.url}/v1`, keyEnv: "KEY" };
    const roles = { scout: { runtime: "own" }, executor: { runtime: "own" }, verifier: { runtime: "own" } };
    const opened = await openWorld(homes, {
      config: { roles, runtimes: { own: config } },
      roleRuntimes: { own: createModelRuntime({ name: "own", config, readKey: () => "made-up-key" }) },
    });
    ending.push(opened.remove);
    const { world, root } = opened;
    const go = (domain: string) => ({ domain, decision: "judged:main-thing", option: "go" });
    const interviewer = createFileInterviewer(AnswersFile.parse({ answers: [go("music"), go("press")] }));
    const first = await startSession(world, { interviewer, diagnose: async () => healthy });

    expect(first.failed).toEqual([]);
    const told = first.decisions.map(({ domain, answer, tickets, refused }) => ({ domain, answer, tickets, refused }));
    expect(told).toEqual(
      expect.arrayContaining([
        { domain: "music", answer: "chosen", tickets: ["MUS-1", "MUS-2"], refused: undefined },
        { domain: "press", answer: "chosen", tickets: [], refused: [expect.stringContaining("kit/gone.md is not there")] },
        { domain: "trading", answer: "deferred", tickets: [], refused: undefined },
      ]),
    );
    expect(told).toHaveLength(3);
    expect(first.tickets).toEqual([
      { id: "MUS-1", state: "merged", causes: [] },
      { id: "MUS-2", state: "merged", causes: [] },
    ]);
    expect(runGitIn(join(root, "music"), "show", "main:README.md")).toContain("Saturday");
    expect(runGitIn(join(root, "music"), "show", "main:news.md")).toContain("Come");
    const ticket = await world.store.read((tx) => tx.tickets.get("MUS-2"));
    expect(ticket).toMatchObject({
      runtime: "own",
      dependsOn: ["MUS-1"],
      provenance: { decision: "S-1/music/judged:main-thing", words: "model" },
    });

    // Rubbish leaves the rules' part whole, and says so.
    const [agency] = await world.store.read((tx) => tx.briefs.list({ domain: "agency" }));
    expect(agency?.judgement?.trees).toMatchObject([{ state: "failed" }]);
    expect(agency?.facts.map(({ text }) => text)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Judgement is missing: own gave none/)]),
    );
    expect(agency?.decisions).toEqual([]);

    // What is sealed was told to its own scout, and to nobody where none is named.
    const asked = model.requests().filter(({ protocol }) => protocol !== "other");
    const bodies = asked.map(({ body }) => JSON.stringify(body));
    const ofTrading = bodies.filter((body) => /trading|TRD-|the spread/.test(body));
    expect(ofTrading.length).toBeGreaterThan(0);
    expect(ofTrading.every((body) => body.includes("Judge the domain trading") && !/Friday|kit|invoice/.test(body))).toBe(true);
    expect(bodies.filter((body) => /vault|VLT-|combination/.test(body))).toEqual([]);
    expect(first.modelCalls).toBe(asked.length);

    // A model's words reach the next agent fenced.
    const worked = bodies.filter((body) => body.includes("MUS-2: Tell the crowd"));
    expect(worked.length).toBeGreaterThan(2);
    for (const body of worked) {
      const nonce = /<data-([0-9a-f]{32}) title=/.exec(body)?.[1] as string;
      expect(body.indexOf(`<data-${nonce}`)).toBeLessThan(body.indexOf("MUS-2: Tell the crowd"));
    }

    const second = await startSession(world, { interviewer: createYesInterviewer(), diagnose: async () => healthy });
    expect(second).toMatchObject({ scouted: [], decisions: [], tickets: [], modelCalls: 0 });
    expect(model.requests().filter(({ protocol }) => protocol !== "other")).toHaveLength(asked.length);
  });
});
