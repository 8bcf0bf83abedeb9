import { describe, expect, test } from "vitest";
import type { PlannedTicket } from "../../../src/contract/brief.ts";
import type { Decision } from "../../../src/contract/decision.ts";
import { TicketDraft } from "../../../src/contract/ticket.ts";
import { judgePlan, type PlanGround } from "../../../src/core/decision/judge-plan.ts";
import { refusePlans } from "../../../src/core/decision/refuse-plans.ts";
import { makeCandidate, makeDecision } from "../../support/make-candidate.ts";
import { makeTicket } from "../../support/make-ticket.ts";

const ground: PlanGround = {
  trees: {
    home: {
      files: new Set(["README.md", "src/a.ts", "src/b.ts", "wiki/index.md"]),
      folders: new Set(["src", "wiki"]),
      links: new Set(["out", "lib/sub"]),
    },
  },
  hasVerifier: false,
  refusedCommands: { "git push": "it pushes" },
};

function ticket(
  changes: Record<string, unknown> = {},
  { key = "1", after = [] as string[], creates = [] as string[] } = {},
): PlannedTicket {
  const draft = TicketDraft.parse({
    ...{ title: "Do", domain: "music", touches: ["README.md"], accept: [{ text: "done", run: "grep -q x README.md" }] },
    ...changes,
  });
  return { key, after, creates, draft };
}

function decide(
  tickets: PlannedTicket[],
  key = "judged:a",
  judged = true,
  answer: Decision["answer"] = { kind: "chosen", option: "go" },
): Decision {
  const options = [
    { id: "go", label: "Go", detail: "", tickets },
    { id: "wait", label: "Wait", detail: "", tickets: [] },
  ];
  const candidate = makeCandidate({ key, options, source: "judgement", ...(judged ? { judged: { repo: "home", weight: 50 } } : {}) });
  return makeDecision({ id: `S-1/music/${key}`, candidate, answer });
}

function judge(planned: PlannedTicket, more: Partial<PlanGround> = {}, tickets = [] as ReturnType<typeof makeTicket>[]): string {
  const decision = decide([planned]);
  return judgePlan(decision, { decisions: [decision], tickets, ground: { ...ground, ...more } }).join("\n");
}

describe("S25: what a model's option must hold", () => {
  test.each([
    ["a file", {}, {}],
    ["a folder", { touches: ["src"] }, {}],
    ["a folder with its slash", { touches: ["src/"] }, {}],
    ["a pattern", { touches: ["src/*.ts"] }, {}],
    ["a file to be made", { touches: ["docs/new.md"] }, { creates: ["docs/new.md"] }],
    ["a file in a folder to be made", { touches: ["docs/new.md"] }, { creates: ["docs/"] }],
  ])("S25: %s holds", (_, draft, rest) => {
    expect(judge(ticket(draft, rest))).toBe("");
  });

  test("S25: a command by a name of every object is as refused as any other", () => {
    const refusedCommands = Object.fromEntries([["__proto__", "it is odd"]]);
    expect(judge(ticket({ accept: [{ text: "done", run: "__proto__" }] }), { refusedCommands })).toMatch(/may not be run: it is odd/);
  });

  test.each([
    ["a path that is not there", { touches: ["gone.md"] }, {}, /gone\.md is not there, and is not said to be made/],
    ["a pattern that fits nothing", { touches: ["docs/*.md"] }, {}, /docs\/\*\.md is not there/],
    ["everything", { touches: ["**"] }, {}, /the whole repository/],
    ["everything, by another name", { touches: ["*/"] }, {}, /the whole repository/],
    ["no path", { touches: [] }, {}, /names no path/],
    ["the wiki", { touches: ["wiki/new.md"] }, { creates: ["wiki/new.md"] }, /the librarian's/],
    ["the wiki in capitals", { touches: ["Wiki/"] }, { creates: ["Wiki/"] }, /the librarian's/],
    ["a pattern that reaches the wiki", { touches: ["**/*.md"] }, {}, /the librarian's/],
    ["a pattern that would reach pages to be made", { touches: ["w*/new.md"] }, {}, /the librarian's/],
    ["a pattern that takes for ever", { touches: ["*a*a*a*a*a*a*a*a*b"] }, {}, /more than 3 wild cards/],
    ["a pattern to be made", { touches: ["docs/x.md", "*/*"] }, { creates: ["*/*"] }, /\*\/\* is to be made, but is a pattern/],
    ["a link", { touches: ["out"] }, {}, /a link or a submodule/],
    ["below a submodule", { touches: ["lib/sub/x"] }, { creates: ["lib/sub/x"] }, /leads through lib\/sub/],
    ["below a file", { touches: ["README.md/x"] }, { creates: ["README.md/x"] }, /README\.md is a file/],
    ["another repository", { repo: "app" }, {}, /app is no repository of this domain/],
    ["a repository by a name of every object", { repo: "constructor" }, {}, /constructor is no repository/],
    ["itself", {}, { after: ["1"] }, /waits for itself/],
    ["a question that was never asked", {}, { after: ["judged:z"] }, /judged:z, which is no ticket/],
    ["no acceptance with a command", { accept: [{ text: "it is nice" }] }, {}, /no command checks any point/],
    ["a check that nobody can make", { accept: [{ text: "nice" }, { text: "done", run: "test -s x" }] }, {}, /nobody can check "nice"/],
    ["a check that a guard refuses", { accept: [{ text: "pushed", run: "git push" }] }, {}, /may not be run: it pushes/],
  ])("S25: %s does not", (_, draft, rest, why) => {
    expect(judge(ticket(draft, rest))).toMatch(why);
  });

  test.each(["true", ":", " exit 0 ", "/bin/true", "echo ok", "true;", "grep -q x README.md || true", "test 1"])(
    "S25: `%s` checks nothing",
    (run) => {
      expect(judge(ticket({ accept: [{ text: "done", run }] }))).toMatch(/checks nothing/);
    },
  );

  test.each(["if grep -q TODO README.md; then exit 1; fi; exit 0", "echo ok | grep -q ok", "grep -q true README.md"])(
    "S25: `%s` is a check",
    (run) => {
      expect(judge(ticket({ accept: [{ text: "done", run }] }))).toBe("");
    },
  );

  test("S25: a point without a command is a model's to check, where one plays the verifier", () => {
    const accept = [{ text: "nice" }, { text: "done", run: "grep -q x README.md" }];
    expect(judge(ticket({ accept }), { hasVerifier: true })).toBe("");
  });

  test("S25: nothing that runs may change the same paths; what only waits may", () => {
    const other = (state: "ready" | "in_progress" | "verifying", touches: string[]) => [
      makeTicket({ id: "MUS-7", touches, status: { state } }),
    ];
    expect(judge(ticket(), {}, other("in_progress", ["*.md"]))).toMatch(/MUS-7 runs, and changes \*\.md too/);
    expect(judge(ticket(), {}, other("verifying", []))).toMatch(/MUS-7 runs, and changes the whole repository too/);
    expect(judge(ticket(), {}, other("in_progress", ["src/"]))).toBe("");
    expect(judge(ticket(), {}, other("ready", ["README.md"]))).toBe("");
  });

  test("S25: what it waits for is asked in this session, or has tickets; one that was only put off has none", () => {
    const decision = decide([ticket({}, { after: ["judged:z"] })]);
    const other = (changes: Partial<Decision>) => ({ ...decide([ticket()], "judged:z"), ...changes });
    const waits = (one: Decision) => judgePlan(decision, { decisions: [one, decision], tickets: [], ground });
    expect(waits(other({}))).toEqual([]);
    expect(waits(other({ session: "S-0", planned: ["MUS-1"] }))).toEqual([]);
    for (const planned of [undefined, []])
      expect(waits(other({ session: "S-0", planned }))).toEqual([expect.stringContaining("judged:z, which is no ticket")]);
  });

  test("S25: two tickets of an option have two keys", () => {
    const decision = decide([ticket(), ticket()]);
    expect(judgePlan(decision, { decisions: [decision], tickets: [], ground })).toEqual(["two of its tickets have the key 1"]);
  });
});

describe("S25: what is refused files nothing", () => {
  const refuse = (decisions: Decision[], earlier: Decision[] = []) =>
    refusePlans({ decisions, earlier, tickets: [], ground }).map(({ decision, problems }) => [decision.candidate.key, problems.length]);

  test("S25: the option as a whole, and what waits for it; the rest is planned", () => {
    const broken = decide([ticket(), ticket({ touches: ["gone.md"] }, { key: "2" })], "judged:a");
    const waits = decide([ticket({}, { after: ["judged:a"] })], "judged:b");
    const further = decide([ticket({}, { after: ["judged:b#1"] })], "judged:c");
    expect(refuse([further, waits, broken, decide([ticket()], "judged:d")])).toEqual([
      ["judged:c", 1],
      ["judged:b", 1],
      ["judged:a", 1],
    ]);
  });

  test("S25: tickets of two questions that would wait for each other", () => {
    const a = decide([ticket({}, { after: ["judged:b"] })], "judged:a");
    const b = decide([ticket({}, { after: ["judged:a"] })], "judged:b");
    expect(refuse([a, b])).toEqual([
      ["judged:a", 1],
      ["judged:b", 1],
    ]);
  });

  test("S25: what waits for those is not planned without them", () => {
    const a = decide([ticket({}, { after: ["judged:b"] })], "judged:a");
    const b = decide([ticket({}, { after: ["judged:a"] })], "judged:b");
    const waits = decide([ticket({}, { after: ["judged:a#1"] })], "judged:c");
    expect(refuse([waits, a, b, decide([ticket()], "judged:d")]).map(([key]) => key)).toEqual(["judged:c", "judged:a", "judged:b"]);
  });

  test("S25: a draft that is taken up may not wait for what waits for it", () => {
    const deferred = {
      ...decide([ticket()], "judged:a", true, { kind: "deferred" }),
      id: "S-0/music/judged:a",
      session: "S-0",
      planned: ["MUS-1"],
    };
    const draft = makeTicket({ id: "MUS-1", touches: ["README.md"], status: { state: "draft" } });
    const waiting = makeTicket({
      id: "MUS-2",
      ...{
        dependsOn: ["MUS-1"],
        touches: ["src/a.ts"],
        status: { state: "ready" },
        provenance: { decision: "S-0/music/judged:b", candidates: [] },
      },
    });
    const earlier = [deferred, { ...decide([ticket()], "judged:b"), session: "S-0", planned: ["MUS-2"] }];
    const again = decide([ticket({}, { after: ["judged:b"] })], "judged:a");
    const onIt = decide([ticket({}, { after: ["judged:a"] })], "judged:c");
    const refused = refusePlans({ decisions: [again, onIt, decide([ticket()], "judged:d")], earlier, tickets: [draft, waiting], ground });
    expect(refused.map(({ decision, problems }) => [decision.candidate.key, problems])).toEqual([
      ["judged:a", [expect.stringMatching(/would wait for themselves \((MUS-1 → MUS-2 → MUS-1|MUS-2 → MUS-1 → MUS-2)\)/)]],
      ["judged:c", ["it waits for judged:a, which cannot be planned"]],
    ]);
  });

  test("S25: a playbook's option, one without tickets and one that is planned already are not held against this", () => {
    const playbook = decide([ticket({ touches: ["gone.md"] })], "links", false);
    const nothing = decide([ticket({ touches: ["gone.md"] })], "judged:a", true, { kind: "chosen", option: "wait" });
    const done = { ...decide([ticket({ touches: ["gone.md"] })], "judged:b"), planned: ["MUS-1"] };
    expect(refuse([playbook, nothing, done])).toEqual([]);
  });
});
