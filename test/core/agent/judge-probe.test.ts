import { describe, expect, test } from "vitest";
import type { AgentTool, ModelRole } from "../../../src/contract/agent.ts";
import type { ModelCall, ModelRequest } from "../../../src/contract/model-script.ts";
import { judgeProbe } from "../../../src/core/agent/judge-probe.ts";
import { type ProbePlan, type ProbeStep, planProbe } from "../../../src/core/agent/plan-probe.ts";
import { listAcpForms, listProbeForms } from "../../../src/core/agent/probe-words.ts";
import { isSampleOutput, makeSampleOutput } from "../../../src/core/agent/sample-output.ts";
import { rolePalettes } from "../../../src/core/role/role-table.ts";

const places = { tree: "/work/tree", otherFile: "/elsewhere/secret.md", canary: "canary-of-the-other" };
const word = "mosprobe01";
const [claude] = listProbeForms("claude");

function plan(role?: ModelRole, words = claude?.words): ProbePlan {
  if (!words) throw new Error("claude's words are known");
  return planProbe({ words, places, word, ...(role ? { role: { name: role, tools: rolePalettes[role].tools } } : {}) });
}

type Answer = string | undefined;

const own = ["Read", "Grep", "Edit", "Write", "mcp__mos__run", "{run}"];

/** A client that answers each call as `answer` says; a mark in a file is there where `answer` gives `wrote`. */
function play(made: ProbePlan, answer: (step: ProbeStep) => Answer, changed: { offered?: readonly string[]; hooked?: boolean } = {}) {
  const offered = changed.offered ?? own;
  const written = new Map<string, string>();
  const began = new Set([made.mainRoute]);
  const calls = made.steps.flatMap((step): ModelCall[] => {
    const text = answer(step);
    if (text === undefined) return [];
    if (text === "wrote" && step.deed.kind === "file") written.set(step.deed.path, step.deed.mark);
    if (text === "began" && step.deed.kind === "route") began.add(step.deed.route);
    return [{ ...step.call, id: `call_${step.turn}`, route: step.route, turn: step.turn, result: { isError: false, text } }];
  });
  const requests = [...began].map(
    (route, at): ModelRequest => ({
      ...{ protocol: "anthropic-messages", number: at + 1, method: "POST", path: "/v1/messages", headers: {}, turn: 0 },
      ...{ route, tools: offered, results: [], body: {} },
    }),
  );
  return judgeProbe(made, { requests, calls, readFile: (path) => written.get(path), hooked: changed.hooked ?? true });
}

const denied = "boundary-guard P2: the probe's hook denies this.";

/** As a good client does it: what its role has works, all else is not there. */
function behave(step: ProbeStep): Answer {
  if (step.part === "hook-denies" || step.part === "hook-dies") return denied;
  if (step.expected !== "worked") return own.includes(step.call.name) ? denied : `Error: No such tool available: ${step.call.name}`;
  return step.deed.kind === "file" ? "wrote" : step.deed.kind === "answer" ? step.deed.mark : "began";
}

describe("what a probe makes of what it saw", () => {
  test.each<ModelRole>(["scout", "executor", "verifier", "distiller"])("A1: a %s whose tools work and who is refused all else", (role) => {
    const judged = play(plan(role), behave);
    expect(judged.open).toEqual([]);
    expect([...judged.works].sort()).toEqual([...rolePalettes[role].tools].sort());
    expect(judged).toMatchObject({ spawns: false, spawnLevels: 0, asks: false, hooks: "blocks", hooksBlock: true });
    expect(judged.refused).toEqual(expect.arrayContaining(["Bash", "Agent", "Workflow", "AskUserQuestion", "WebFetch"]));
  });

  test("A2: a call that was never made, never answered or answered with something else is not a refusal", () => {
    for (const answer of [undefined, "", "Sure, done!", "{}"]) {
      const judged = play(plan("scout"), (step) => (step.part === "spawn" ? answer : behave(step)));
      expect(judged.open).toEqual([expect.stringContaining("it was not seen to be refused to start an agent (Agent)")]);
    }
    expect(play(plan("scout"), () => undefined)).toMatchObject({ works: [], refused: [], hooks: "not-seen", hooksBlock: false });
  });

  test("A2: words of a refusal do not outweigh the deed", () => {
    const lies = (step: ProbeStep): Answer => {
      if (step.part === "spawn" && step.deed.kind === "route") return "began";
      return step.does === "read a file of another domain" ? `permission denied: ${places.canary}` : behave(step);
    };
    const judged = play(plan("executor"), lies);
    expect(judged).toMatchObject({ spawns: true });
    expect(judged.open).toEqual(
      expect.arrayContaining(["it could read a file of another domain (Read)", "it could start an agent (Agent)"]),
    );
  });

  test("A2: who says that a file was written, and did not write it, was not seen to write", () => {
    const judged = play(plan("executor"), (step) => (step.tool === "write" ? "File created successfully" : behave(step)));
    expect(judged.works).not.toContain("write");
  });

  test("A2: what stands in a file counts for the call that was made, and for no other", () => {
    const judged = play(plan("scout"), (step) => (step.deed.kind === "file" && step.expected === "refused" ? "wrote" : behave(step)));
    expect(judged.open).toEqual(
      expect.arrayContaining(["it could write a page of the wiki (Write)", "it could edit a file of the tree (Edit)"]),
    );
  });

  test.each([
    ["blocks", denied, denied],
    ["explains", denied, "read"],
    ["unheard", "read", "read"],
    ["not-seen", "No such tool available", "No such tool available"],
    ["not-seen", undefined, undefined],
  ] as const)("A1: a hook is worth %s where it says %s and, dying, %s", (worth, denies, dies) => {
    const said = (step: ProbeStep, words: Answer) => (words === "read" && step.deed.kind === "answer" ? step.deed.mark : words);
    const judged = play(plan("executor"), (step) =>
      step.part === "hook-denies" ? said(step, denies) : step.part === "hook-dies" ? said(step, dies) : behave(step),
    );
    expect(judged).toMatchObject({ hooks: worth, hooksBlock: worth === "blocks" });
    expect(play(plan("executor"), behave, { hooked: false }).hooks).toBe("none");
  });

  test("A1: agents that start agents are counted to the depth that was seen", () => {
    const made = plan();
    const judged = play(made, (step) =>
      step.part === "spawn" && made.levelRoutes.indexOf(step.deed.kind === "route" ? step.deed.route : "") < 3 ? "began" : behave(step),
    );
    expect(judged).toMatchObject({ spawns: true, spawnLevels: 3 });
    expect(judged.open).toEqual([]);
  });

  test("A1: Codex is spoken to in the two forms that it offers its models", () => {
    const forms = listProbeForms("codex");
    expect(forms.map(({ model }) => model)).toEqual([undefined, "gpt-5.4"]);
    const [byScript] = forms.map(({ words }) => plan("executor", words));
    const tools = byScript?.steps.map(({ call }) => call.name);
    expect(new Set(tools)).toEqual(new Set(["exec", "request_user_input", "spawn_agent"]));
    expect(
      byScript &&
        play(byScript, (step) => (step.call.name === "exec" ? "TypeError: tools.exec_command is not a function" : behave(step))).refused,
    ).toContain("exec_command");
  });

  const stranger = listAcpForms("/opt/goose/bin/goose")[0];
  const asStranger = (role: ModelRole, offered: readonly string[]) => {
    if (!stranger) throw new Error("a stranger has a form");
    const made = planProbe({
      ...{ words: stranger.words, places, word, stranger: stranger.stranger },
      role: { name: role, tools: rolePalettes[role].tools },
    });
    return play(made, (step) => (step.call.name === "{run}" ? behave(step) : `there is no tool ${step.call.name}`), {
      offered,
      hooked: false,
    });
  };

  test("A1: of an agent whose tools nobody has seen, ours are looked at, by the names that it gives them", () => {
    const judged = asStranger("executor", ["mos__run", "mos__hand_in", "text_editor"]);
    expect(judged).toMatchObject({ works: ["run"], open: [], spawns: false, asks: false });
    expect(judged.calls.map(({ tool }) => tool)).toContain("mos__run");
    expect(listAcpForms("opencode")[0]?.stranger).toBeUndefined();
  });

  test.each(["developer__shell", "dynamic_task__create_task", "delegate_to_agent", "ask_user"])(
    "A2: what it is offered beside and could act by is open: %s",
    (tool) => {
      expect(asStranger("executor", ["mos__run", tool]).open).toEqual([expect.stringContaining(`it is offered ${tool}`)]);
    },
  );

  test.each<readonly [ModelRole, AgentTool]>([
    ["librarian", "run"],
    ["operator-global", "run"],
  ])("A1: a %s writes pages, and its probe does too", (role, notHad) => {
    const made = plan(role);
    expect(Object.keys(made.files).every((path) => path.startsWith("wiki/"))).toBe(true);
    expect(play(made, behave).works).not.toContain(notHad);
  });
});

test.each(Object.keys(rolePalettes) as ModelRole[])("A1: the output that a %s gives in a probe is known again, whole", (role) => {
  const output = makeSampleOutput(role, word);
  expect(isSampleOutput(role, word, structuredClone(output))).toBe(true);
  expect(isSampleOutput(role, "another", output)).toBe(false);
  expect(isSampleOutput(role, word, undefined)).toBe(false);
});
