import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { type PolicyAgent, roles, type ToolCall } from "../../src/contract/policy.ts";
import { evaluate } from "../../src/core/policy/evaluate.ts";
import { listPaths } from "../../src/core/policy/list-paths.ts";
import { makePolicyWorld } from "../support/make-policy-world.ts";
import { readSteadySeed, scaleRuns } from "../support/read-seed.ts";

const seed = readSteadySeed(77);
const world = makePolicyWorld();
afterAll(() => world.remove());
const wallMs = scaleRuns({ short: 10_000, long: 3_600_000 });

const piece = fc.constantFrom(
  ...[
    "cat ",
    "git push ",
    "git -C ",
    "-c ",
    "echo ",
    "{{WS}}",
    "{{WT}}",
    "../",
    "/proc/self/",
    "~",
    "domains/trading",
    "main",
    "HEAD:",
    "$(",
    ")",
    "`",
  ],
  ...[
    "'",
    '"',
    "\\",
    "$X",
    "${X:-",
    "}",
    "{a,b}",
    "*",
    "**",
    "?",
    "[",
    "|",
    "&&",
    ";",
    "\n",
    "<<EOF\n",
    "EOF\n",
    "<(",
    ">",
    ">>",
    "2>&1",
    "bash -c ",
    "eval ",
  ],
  ...[
    "sed -i ",
    "s/a/b/",
    "xargs ",
    "find . -exec ",
    "{} +",
    "if ",
    "then ",
    "fi",
    "--",
    "-",
    "=",
    ":",
    "@",
    "%",
    "file://",
    "http://127.0.0.1",
    "\u0000",
    "\ud800",
  ],
);
const text = fc.oneof(
  fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join("")),
  fc.string({ unit: "binary", maxLength: 60 }),
);
const key = fc.oneof(
  fc.constantFrom(
    "command",
    "file_path",
    "path",
    "paths",
    "pattern",
    "glob",
    "url",
    "uri",
    "content",
    "query",
    "sql",
    "branch",
    "cwd",
    "code",
    "args",
    "cmd",
    "input",
  ),
  fc.string({ maxLength: 8 }),
);
const tool = fc.oneof(
  fc.constantFrom(
    "Read",
    "Write",
    "Edit",
    "Glob",
    "Grep",
    "Bash",
    "WebFetch",
    "Task",
    "LS",
    "apply_patch",
    "ReadMcpResourceTool",
    "NotebookEdit",
  ),
  fc.constantFrom("mcp__fs__read", "mcp__github__push_files", "mcp__term__exec", "mcp__mos__run", "mcp__sqlite__query", "mcp__", "mos_run"),
  fc.string({ maxLength: 12 }),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    text,
    fc.jsonValue({ maxDepth: 2 }),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(key, tie("any"), { maxKeys: 3 }),
  ),
})).any;
const call = fc.record({
  tool: fc.oneof({ weight: 9, arbitrary: tool }, { weight: 1, arbitrary: fc.anything() }),
  input: fc.oneof({ weight: 9, arbitrary: fc.dictionary(key, value, { maxKeys: 5 }) }, { weight: 1, arbitrary: fc.anything() }),
  cwd: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(world.worktree, world.root, "/", "/tmp") },
    { weight: 1, arbitrary: fc.anything() },
  ),
});
const agent = fc.record({ role: fc.constantFrom(...roles), boxed: fc.boolean() }).map((part): PolicyAgent => ({ ...world.agent, ...part }));
const kind = fc.constantFrom("file", "folder", "other", "absent", "unreadable");

/** `{{WS}}` made real in whatever can hold it; what JSON cannot carry is handed over as it is. */
const settle = (raw: unknown): ToolCall => {
  try {
    return world.fill(raw) as ToolCall;
  } catch {
    return raw as ToolCall;
  }
};

test(
  `P2: no call makes the policy throw, and the same input gives the same answer (P1; seed ${seed}, ${wallMs} ms)`,
  () => {
    let calls = 0;
    const property = fc.property(call, agent, kind, (raw, who, kindOfAll) => {
      const asked = settle(raw);
      const paths = listPaths(world.policy, who, asked);
      expect(paths.every((path) => typeof path === "string")).toBe(true);
      const facts = paths.map((path) => ({ asked: path, path, kind: kindOfAll as "file", links: 1 }));
      const decision = evaluate(world.policy, who, asked, facts);
      expect(evaluate(world.policy, who, asked, facts)).toEqual(decision);
      if (decision.decision === "deny")
        for (const part of [decision.guard, decision.rule, decision.reason, decision.remedy]) expect(part).toBeTruthy();
      else expect(decision).toEqual({ decision: "allow" });
      // The last net holds what nobody thought of; a call of the right shape must not need it.
      if (hasShape(asked)) expect(decision).not.toMatchObject({ rule: "P2.5" });
      calls += 1;
    });
    const result = fc.check(property, { seed, numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: wallMs, maxSkipsPerRun: 10 });
    expect(result.counterexample, `${fc.defaultReportMessage(result)}\n${String(result.errorInstance)}`).toBeNull();
    expect(calls).toBeGreaterThan(500);
  },
  wallMs + 120_000,
);

test("P2.2: what is made to be slow is decided in time", () => {
  const slow = [
    "/",
    "../",
    "a/../",
    "'",
    '"',
    "$(",
    "`",
    "{a,",
    "*",
    "[",
    "~/",
    "\\",
    "x=",
    " ",
    "\n",
    ";",
    "<<E\n",
    "${x",
    "/proc/",
    ":",
    "@",
  ];
  const calls = slow.flatMap((unit) => {
    const long = unit.repeat(Math.ceil(60_000 / unit.length));
    return [
      { tool: "Bash", input: { command: long } },
      { tool: "Bash", input: { command: `cat ${long}` } },
      { tool: "Bash", input: { command: `node -e '${long}'` } },
      { tool: "Read", input: { file_path: long } },
      { tool: "Glob", input: { pattern: long } },
      { tool: "mcp__fs__read_file", input: { query: long, path: long, command: long, code: long } },
    ].map((one) => ({ ...one, cwd: world.worktree }));
  });
  for (const one of calls) {
    const started = performance.now();
    const paths = listPaths(world.policy, world.agent, one);
    evaluate(
      world.policy,
      world.agent,
      one,
      paths.map((path) => ({ asked: path, path, kind: "absent", links: 1 })),
    );
    expect(performance.now() - started, `${one.tool} ${JSON.stringify(one.input).slice(0, 60)}`).toBeLessThan(5_000);
  }
});

function hasShape(asked: unknown): boolean {
  if (typeof asked !== "object" || asked === null) return false;
  const { tool: name, input, cwd } = asked as Record<string, unknown>;
  const plain = typeof input === "object" && input !== null && [Object.prototype, null].includes(Object.getPrototypeOf(input));
  return typeof name === "string" && plain && typeof cwd === "string";
}
