import { afterEach, describe, expect, test } from "vitest";
import type { Brief } from "../../../src/contract/brief.ts";
import { readLatestBrief } from "../../../src/core/brief/latest-brief.ts";
import { createTicket } from "../../../src/core/ticket/create-ticket.ts";
import type { World } from "../../../src/port/world.ts";
import { readStanding } from "../../../src/stage/scout/read-standing.ts";
import { retakeBrief } from "../../../src/stage/scout/retake-brief.ts";
import { scoutDomains } from "../../../src/stage/scout/scout-domains.ts";
import type { ScoutTools } from "../../../src/stage/scout/write-brief.ts";
import { runGitIn } from "../../support/make-repository.ts";
import { makeSessionSteps } from "../../support/make-session-steps.ts";
import { makeDraft } from "../../support/make-ticket.ts";
import { makeWikiWorld, type WikiWorld } from "../../support/make-wiki-world.ts";
import { type ScriptedRoles, type ScriptedScout, scriptRoles, withRoles } from "../../support/script-roles.ts";

let made: WikiWorld;
afterEach(() => made?.remove());

const { tools = undefined as unknown as ScoutTools } = makeSessionSteps();
const files = {
  "DOMAIN.md": "# Music\n\n## Priorities\n\n1. **Masters** in time\n",
  "README.md": "# Label\n\nTODO links\nThe launch is on Friday.\nNobody has the masters yet.\n",
  "threads/plan.md": "---\nstatus: active\nnext: send the masters\ndue: 2026-11-22\nupdated: 2026-11-10\n---\n# Release plan\n",
};
const at = (line: number, quote: string, path = "README.md") => ({ path, line, quote });
const friday = at(4, "The launch is on Friday.");
const option = (id: string, tickets: unknown[] = []) => ({ id, label: `Do ${id}`, tickets });
const question = (key: string, more: object = {}) => ({
  ...{ key, question: `What of ${key}?`, weight: 50, evidence: [friday], options: [option("first"), option("second")] },
  ...more,
});

interface Scouts {
  readonly world: World;
  readonly roles: ScriptedRoles;
  readonly reported: string[];
  /** One turn of the scouts: who was scouted. */
  scout(again?: boolean): Promise<readonly string[]>;
  brief(): Promise<Brief>;
}

async function make(say: (call: number) => ScriptedScout, who?: ScriptedRoles["who"]): Promise<Scouts> {
  made = await makeWikiWorld({ music: { prefix: "MUS", files } });
  const reported: string[] = [];
  const roles: ScriptedRoles = scriptRoles(() => say(roles.plays.length), who ?? { "music/scout": "fake" });
  const world: World = { ...withRoles(made.world, roles), report: ({ text }) => reported.push(text) };
  let session = 0;
  return {
    world,
    roles,
    reported,
    scout: async (again) => {
      session += 1;
      const done = await scoutDomains(world, { session: `S-${session}`, tools, ...(again ? { again } : {}), domains: ["music"] });
      expect(done.failed).toEqual([]);
      return done.scouted;
    },
    brief: async () => {
      const latest = await world.store.read((tx) => readLatestBrief(tx, "music"));
      if (latest === undefined) throw new Error("no brief");
      return latest.brief;
    },
  };
}

const failed = (more: object = {}): ScriptedScout => ({
  ...{ kind: "failed", failure: "timeout", message: "it took too long", clears: "the task is smaller" },
  run: { id: "run-1" } as never,
  ...more,
});

describe("what a model adds", () => {
  test("S21: facts and questions whose lines are there join those of rule; the others are dropped, and counted", async () => {
    const { scout, brief, world, reported } = await make(() => ({
      facts: [
        { kind: "risk", text: "The launch is\u200b near.", evidence: [friday, at(4, "The launch is on Monday.")] },
        { kind: "risk", text: "Made up.", evidence: [at(99, "nothing"), at(1, "x", "gone.md")] },
        { kind: "change", text: "part of a line", evidence: [at(5, "has  the masters")] },
        { kind: "change", text: "too short a part", evidence: [at(5, "has")] },
      ],
      decisions: [question("launch"), question("invented", { evidence: [at(4, "It is not so.")] }), question("launch")],
    }));
    expect(await scout()).toEqual(["music"]);
    const { facts, decisions, judgement, heads, scout: by } = await brief();
    const evidence = { repo: "home", commit: heads.home, path: "README.md" };
    expect(facts.filter(({ judged }) => judged)).toMatchObject([
      { text: "The launch is near.", evidence: [{ ...evidence, line: 4, quote: friday.quote }], judged: { repo: "home" } },
      { text: "part of a line", evidence: [{ ...evidence, line: 5, quote: "Nobody has the masters yet." }] },
    ]);
    expect(facts.some(({ kind, judged }) => kind === "finding" && judged === undefined)).toBe(true);
    expect(decisions.map(({ key, source }) => [key, source])).toEqual(
      expect.arrayContaining([
        ["judged:launch", "judgement"],
        ["todo:links", "playbook"],
      ]),
    );
    expect(decisions).toHaveLength(2);
    const dropped = { evidence: 5, facts: 2, decisions: 2 };
    expect(judgement).toMatchObject({ runtime: "fake", trees: [{ repo: "home", state: "done", run: "run-1", dropped }] });
    expect(by).toBe("local/1 with fake");
    const [written] = await world.store.read((tx) => tx.events({ kind: "brief.written" }));
    expect(written?.data).toMatchObject({ judgement: { trees: [{ dropped }] } });
    expect(reported.at(-1)).toContain("judged by fake, 5 claims dropped: not found");
  });

  test("S21: an option's tickets keep their words, and go to the domain's executor", async () => {
    const ticket = (title: string, more: object = {}) => ({
      title,
      touches: ["README.md"],
      accept: [{ text: "done", run: "test -s README.md" }],
      ...more,
    });
    const { scout, brief } = await make(
      () => ({
        decisions: [
          question("launch", { options: [option("go", [ticket("One", { creates: ["new.md"] }), ticket("Two")]), option("wait")] }),
          question("masters", { options: [option("go", [ticket("Three", { after: ["launch#1", "todo:links"] })]), option("wait")] }),
        ],
      }),
      { "music/scout": "fake", executor: "codex" },
    );
    await scout();
    const { decisions } = await brief();
    const [launch, masters] = ["judged:launch", "judged:masters"].map(
      (key) => decisions.find((one) => one.key === key)?.options[0]?.tickets,
    );
    expect(launch).toMatchObject([
      {
        key: "1",
        creates: ["new.md"],
        draft: { title: "One", runtime: "codex", touches: ["README.md", "new.md"], role: "executor", run: [] },
      },
      { key: "2", creates: [], draft: { title: "Two", domain: "music", repo: "home" } },
    ]);
    expect(masters).toMatchObject([{ after: ["judged:launch#1", "todo:links"] }]);
  });

  test("S21: what holds a secret, says nothing that can be seen, or asks with one option twice is left out", async () => {
    const key = `ghp_${"a".repeat(40)}`;
    const { scout, brief } = await make(() => ({
      facts: [
        { kind: "risk", text: `The key is ${key}`, evidence: [friday] },
        { kind: "risk", text: "\u200b\u200b", evidence: [friday] },
      ],
      decisions: [question("twice", { options: [option("same"), option("same")] }), question("key", { why: `because of ${key}` })],
    }));
    await scout();
    const { judgement, ...rest } = await brief();
    expect(judgement?.trees[0]?.dropped).toEqual({ evidence: 0, facts: 2, decisions: 2 });
    expect(JSON.stringify(rest)).not.toContain(key);
  });

  test("S21: questions of one brief whose tickets would wait for themselves are set aside, those of rule stay", async () => {
    const waits = (name: string) => [
      { title: name, touches: ["README.md"], accept: [{ text: "done", run: "test -s README.md" }], after: [name] },
    ];
    const { scout, brief } = await make(() => ({
      decisions: [
        question("a", { options: [option("x", waits("b")), option("y")] }),
        question("b", { options: [option("x", waits("a")), option("y")] }),
      ],
    }));
    await scout();
    const { decisions, facts } = await brief();
    expect(decisions.map(({ key }) => key)).not.toContain("judged:a");
    expect(decisions.map(({ key }) => key)).toContain("todo:links");
    expect(facts.filter(({ text }) => text.includes("would wait for each other"))).toHaveLength(2);
  });

  test("S5: priorities and a question's weight rank it among those of rule", async () => {
    const { scout, brief } = await make(() => ({
      decisions: [question("low", { weight: 10 }), question("high", { weight: 100 }), question("masters", { weight: 10 })],
    }));
    await scout();
    const { decisions } = await brief();
    expect(decisions.map(({ key, score }) => [key, score])).toEqual([
      ["judged:masters", 44],
      ["judged:high", 40],
      ["todo:links", 10],
      ["judged:low", 4],
    ]);
  });
});

describe("what a model is told", () => {
  test("S22: the commit's tree, and what rules found as data", async () => {
    const { scout, roles, world } = await make(() => ({ decisions: [question("launch")] }), { "music/scout": "fake", executor: "codex" });
    await world.store.write((tx) =>
      createTicket(tx, {
        draft: makeDraft({ title: "Fix it" }),
        prefix: "MUS",
        sealedDomains: [],
        now: world.clock.now(),
        actor: "operator",
      }),
    );
    await scout();
    const head = runGitIn(`${made.root}/music`, "rev-parse", "HEAD").trim();
    const [play] = roles.plays;
    expect(play).toMatchObject({ role: "scout", domain: "music", session: "S-1", commit: head });
    const [task, ...data] = play?.input ?? [];
    expect(task).toMatchObject({ trust: "operator" });
    expect(task?.text).toContain(head);
    expect(task?.text).toContain("Today is 2026-11-20");
    expect(data.map(({ trust }) => trust)).not.toContain("operator");
    const told = Object.fromEntries(data.map(({ title, text }) => [title, text]));
    expect(told["What Master OS found by itself"]).toContain("README.md:3: TODO links");
    expect(told["DOMAIN.md"]).toContain("**Masters** in time");
    expect(told["Tickets that are open"]).toContain("Fix it");
    for (const text of [files["README.md"], "Fix it", "TODO"]) expect(task?.text).not.toContain(text);
  });

  test("S22 Q12: what its own wiki says of what is at hand, and nothing of another's", async () => {
    const { scout, roles } = await make(() => ({}));
    const page = (claim: string) =>
      `---\ntitle: Plans\nkind: history\nowner: me\nauthority: operator\nupdated: 2026-11-01\n---\n# Plans\n\n- ${claim}[^c1]\n\n[^c1]: operator 2026-11-01\n`;
    made.commit("music", { "wiki/plans.md": page("The links of the readme are kept by hand.") });
    made.commit("operator", { "wiki/plans.md": page("The links of all readmes are the operator's.") });
    await scout();
    const told = roles.plays.at(-1)?.input.find(({ title }) => title === "Passages of the wiki");
    expect(told).toMatchObject({ trust: "untrusted", recalled: ["The links of the readme are kept by hand."] });
    expect(told?.text).toContain("wiki/plans.md:10 (Plans)");
    expect(JSON.stringify(roles.plays.at(-1)?.input)).not.toContain("of all readmes");
  });
});

describe("when a model is asked (I6)", () => {
  test("S23: nothing new, no call; nor where only the brief's age has run out", async () => {
    const { scout, roles, brief } = await make(() => ({
      facts: [{ kind: "risk", text: "near", evidence: [friday] }],
      decisions: [question("launch")],
    }));
    await scout();
    for (let turn = 0; turn < 5; turn += 1) expect(await scout()).toEqual([]);
    made.clock.set("2026-11-21T08:30:00.000Z");
    expect(await scout()).toEqual(["music"]);
    expect(roles.plays).toHaveLength(1);
    const { facts, decisions, at: written } = await brief();
    expect(written).toMatch(/^2026-11-21T08:30:00/);
    expect(facts.filter(({ judged }) => judged).map(({ text }) => text)).toEqual(["near"]);
    expect(decisions.map(({ key }) => key)).toContain("judged:launch");
  });

  test.each([
    ["a commit", async (_: Scouts) => void made.commit("music", { "b.md": "new\n" })],
    ["another prompt", async ({ roles }: Scouts) => void Object.assign(roles, { prompt: "2" })],
    ["another runtime", async ({ roles }: Scouts) => void Object.assign(roles.who, { "music/scout": "other" })],
    ["another executor", async ({ roles }: Scouts) => void Object.assign(roles.who, { executor: "codex" })],
    ["a thread that comes due", async (_: Scouts) => made.clock.set("2026-11-22T12:00:00.000Z")],
  ])("S23: %s is new: it is asked again, once", async (_, change) => {
    const scouts = await make(() => ({}));
    await scouts.scout();
    await change(scouts);
    expect(await scouts.scout()).toEqual(["music"]);
    expect(await scouts.scout()).toEqual([]);
    expect(scouts.roles.plays).toHaveLength(2);
  });

  test("S23: the operator's word asks again", async () => {
    const { scout, roles } = await make(() => ({}));
    await scout();
    await scout(true);
    expect(roles.plays).toHaveLength(2);
  });

  test("S7: facts taken again ask no model, and keep what it said of lines that are still there", async () => {
    const { scout, roles, brief, world } = await make(() => ({
      facts: [
        { kind: "risk", text: "near", evidence: [friday] },
        { kind: "risk", text: "not yet", evidence: [at(5, "Nobody has the masters yet.")] },
      ],
      decisions: [question("launch")],
    }));
    await scout();
    const commit = made.commit("music", {
      "README.md": "# Label\n\nNew line.\nTODO links\nThe launch is on Friday.\nWe have the masters.\n",
    });
    const domain = made.domain("music");
    const heads = { home: commit };
    const again = await retakeBrief(world, { domain, brief: await brief(), heads, tools });
    expect(again.facts.filter(({ judged }) => judged)).toMatchObject([{ text: "near", evidence: [{ commit, line: 5 }] }]);
    expect(again.decisions.find(({ key }) => key === "judged:launch")).toMatchObject({ evidence: [{ commit, line: 5 }] });
    expect(roles.plays).toHaveLength(1);
    // Kept as the session's end keeps it, it is no news to the model either.
    const { inputs, latest } = await readStanding(world, domain);
    const kept = { ...again, fingerprint: inputs.fingerprint };
    await world.store.write(async (tx) => {
      await tx.briefs.put(kept);
      await tx.notes.put({ id: "brief:music", value: { brief: kept.id, parts: inputs.parts, seq: latest?.seq ?? 0 } });
    });
    expect(await scout()).toEqual([]);
    made.clock.set("2026-11-21T09:00:00.000Z");
    expect(await scout()).toEqual(["music"]);
    expect(roles.plays).toHaveLength(1);
  });
});

describe("a model that fails", () => {
  test("S24: the part of rule stays whole, and says so; it is not asked again until something is new", async () => {
    const { scout, roles, brief } = await make((call) => (call === 1 ? failed() : {}));
    expect(await scout()).toEqual(["music"]);
    const { facts, decisions, judgement } = await brief();
    expect(facts).toContainEqual(
      expect.objectContaining({
        kind: "risk",
        text: expect.stringMatching(/^Judgement is missing: fake gave none \(timeout\): it took too long/),
      }),
    );
    expect(facts.some(({ kind }) => kind === "finding")).toBe(true);
    expect(decisions.map(({ key }) => key)).toEqual(["todo:links"]);
    expect(judgement?.trees).toMatchObject([{ state: "failed", failure: "timeout" }]);
    expect(await scout()).toEqual([]);
    expect(roles.plays).toHaveLength(1);
    made.commit("music", { "b.md": "new\n" });
    expect(await scout()).toEqual(["music"]);
    expect(roles.plays).toHaveLength(2);
    expect((await brief()).facts.some(({ text }) => text.startsWith("Judgement is missing"))).toBe(false);
  });

  test("S24: or its time has come: the greatest age, or what the provider said", async () => {
    const one = await make((call) => (call === 1 ? failed() : {}));
    await one.scout();
    made.clock.set("2026-11-21T08:30:00.000Z");
    expect(await one.scout()).toEqual(["music"]);
    expect(one.roles.plays).toHaveLength(2);
    await made.remove();
    const two = await make((call) => (call === 1 ? failed({ failure: "rate-limit", retryAfterMs: 3_600_000 }) : {}));
    await two.scout();
    made.clock.set("2026-11-20T08:59:00.000Z");
    expect(await two.scout()).toEqual([]);
    made.clock.set("2026-11-20T09:00:01.000Z");
    expect(await two.scout()).toEqual(["music"]);
    expect(two.roles.plays).toHaveLength(2);
    expect(await two.scout()).toEqual([]);
  });

  test("S24: one that could not be started is asked once it can be", async () => {
    const { scout, roles, brief } = await make(() => ({}));
    roles.ready = async () => ({ ok: false, failure: "not-ready", reason: "claude is not installed", clears: "it is installed" });
    await scout();
    expect((await brief()).facts.some(({ text }) => text.includes("claude is not installed (it is installed)"))).toBe(true);
    expect(await scout()).toEqual([]);
    expect(roles.plays).toHaveLength(0);
    roles.ready = async () => ({ ok: true });
    expect(await scout()).toEqual(["music"]);
    expect(await scout()).toEqual([]);
    expect(roles.plays).toHaveLength(1);
  });

  test("S24: what breaks in Master OS itself loses the model's part alone; what is stopped stops", async () => {
    const { scout, brief } = await make(() => () => {
      throw new Error("the runtime broke");
    });
    await scout();
    expect((await brief()).facts.some(({ text }) => text.includes("the runtime broke"))).toBe(true);
    await made.remove();
    const stop = new AbortController();
    const stopped = await make(() => () => {
      stop.abort();
      throw new Error("stopped");
    });
    const world = { ...stopped.world, signal: stop.signal };
    await expect(scoutDomains(world, { session: "S-9", tools, domains: ["music"] })).rejects.toThrow();
    expect(await world.store.read((tx) => readLatestBrief(tx, "music"))).toBeUndefined();
  });

  test("S24: nobody named, nothing is different: no call, no judgement", async () => {
    const { scout, roles, brief } = await make(() => ({}), {});
    await scout();
    const { judgement, scout: by } = await brief();
    expect([judgement, by, roles.plays.length]).toEqual([undefined, "local/1", 0]);
  });
});
