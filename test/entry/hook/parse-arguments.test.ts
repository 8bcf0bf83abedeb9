import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { findPolicy } from "../../../src/entry/hook/find-policy.ts";
import { parseArguments } from "../../../src/entry/hook/parse-arguments.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";

describe("the hook's command line", () => {
  const role = ["--role", "executor"];
  const domain = ["--domain", "music"];

  test("H3: it says who calls", () => {
    const all = ["claude", ...role, ...domain, "--ticket", "MUS-1", "--worktree=/w/t", "--boxed", "--workspace", "/w", "--json"];
    expect(parseArguments(all)).toEqual({
      client: "claude",
      agent: { client: "claude", role: "executor", domain: "music", ticket: "MUS-1", worktree: "/w/t", boxed: true },
      workspace: "/w",
    });
    // A ticket in its worktree has no shell but the tool box; a session of the operator's own may have one.
    const { agent } = parseArguments(["claude", ...role, ...domain, "--ticket", "MUS-1", "--worktree", "/w/t"]);
    expect([agent.boxed, parseArguments(["claude", ...role, ...domain]).agent.boxed]).toEqual([true, false]);
    expect(parseArguments(["--role", "orchestrator", "gemini"]).agent).toEqual({ client: "gemini", role: "orchestrator", boxed: false });
  });

  test.each([
    ["nothing", []],
    ["no client", [...role, ...domain]],
    ["a client that nobody knows", ["vim", ...role, ...domain]],
    ["two clients", ["claude", "codex", ...role, ...domain]],
    ["no role", ["claude", ...domain]],
    ["a role that nobody has", ["claude", "--role", "root", ...domain]],
    ["no domain", ["claude", ...role]],
    ["an empty domain", ["claude", ...role, "--domain", ""]],
    ["no value", ["claude", ...domain, "--role"]],
    ["two domains", ["claude", ...role, ...domain, "--domain", "trading"]],
    ["an option that is none", ["claude", ...role, ...domain, "--allow"]],
    ["a switch with a value", ["claude", ...role, ...domain, "--boxed=1"]],
    ["a relative worktree", ["claude", ...role, ...domain, "--worktree", "tree"]],
    ["a line break", ["claude", ...role, "--domain", "music\r\nMos-Boxed: 1"]],
  ])("H2: %s is refused", (_, argv) => {
    expect(() => parseArguments(argv)).toThrow();
  });
});

describe("the workspace that a hook belongs to", () => {
  const made: (() => void)[] = [];
  afterEach(() => {
    for (const remove of made.splice(0)) remove();
  });
  const makeNested = () => {
    const { path, remove } = makeTemporaryFolder("mos-hook-");
    made.push(remove);
    const tree = join(path, ".mos/slot/music/home/1/tree");
    mkdirSync(join(tree, "deep"), { recursive: true });
    writeFileSync(join(path, "mos.yaml"), "version: 1\n");
    writeFileSync(join(tree, "mos.yaml"), "version: 1\n");
    return { root: path, tree };
  };
  const agentIn = (worktree?: string) => ({ client: "claude", role: "executor", boxed: false, ...(worktree ? { worktree } : {}) }) as const;

  test("H3: it is the outermost: an agent's own mos.yaml is none", () => {
    const { root, tree } = makeNested();
    expect(findPolicy({ agent: agentIn(tree) }, join(tree, "deep"))).toEqual({ root, file: join(root, ".mos/policy.json") });
  });

  test("H3: no workspace inside the agent's worktree is believed, though it is named", () => {
    const { root, tree } = makeNested();
    for (const workspace of [tree, join(tree, "deep"), `${tree}/../tree`])
      expect(() => findPolicy({ agent: agentIn(tree), workspace }, "/")).toThrow("own worktree");
    expect(() => findPolicy({ agent: agentIn(root) }, tree)).toThrow("own worktree");
    expect(() => findPolicy({ agent: agentIn() }, "/")).toThrow("--workspace");
  });
});
