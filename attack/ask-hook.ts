import { dirname, join } from "node:path";
import { execa } from "execa";
import { gatherPathFacts } from "../src/adapter/path-facts/gather-path-facts.ts";
import type { Policy, PolicyAgent, ToolCall } from "../src/contract/policy.ts";
import { evaluate } from "../src/core/policy/evaluate.ts";
import { listPaths } from "../src/core/policy/list-paths.ts";
import type { AttackCase } from "./attack-case.ts";
import type { HookAnswer } from "./judge-case.ts";
import type { AttackWorld } from "./make-attack-world.ts";
import { mapNames, type Spelling, worktreeOf } from "./map-names.ts";
import type { AskHook } from "./run-cases.ts";

const hookMs = 20_000;
const spellings: readonly Spelling[] = ["corpus", "slot"];

/** Asks the policy in this process, with what the kernel makes of the paths on the real disk, in each spelling. */
export function askInProcess(world: AttackWorld, policy: Policy): AskHook {
  return async (one) =>
    spellings.map((spelling): HookAnswer => {
      const { agent, call } = describeCall(world, one, spelling);
      const decision = evaluate(policy, agent, call, gatherPathFacts(listPaths(policy, agent, call)));
      return { way: `in process, ${spelling}`, ...decision };
    });
}

/** Asks as Claude Code does: one process a call, the call on its standard input, the answer in the form that it honours. */
export function askProgram(world: AttackWorld): AskHook {
  return async (one) => {
    const { agent, call } = describeCall(world, one, "corpus");
    const input = {
      session_id: "attacks",
      transcript_path: join(world.home, ".claude/projects/x.jsonl"),
      cwd: call.cwd,
      permission_mode: "default",
      hook_event_name: "PreToolUse",
      tool_name: call.tool,
      tool_input: call.input,
      tool_use_id: `toolu_${one.line}`,
    };
    const who = ["--role", agent.role, "--domain", agent.domain ?? "", "--ticket", agent.ticket ?? "", "--worktree", agent.worktree ?? ""];
    const run = await execa(process.execPath, [world.program, "hook", "claude", ...who, "--workspace", world.layout.root], {
      cwd: dirname(world.layout.root),
      env: { PATH: process.env.PATH ?? "/usr/bin:/bin", HOME: world.home },
      extendEnv: false,
      reject: false,
      timeout: hookMs,
      input: JSON.stringify(input),
    });
    return [{ way: "mos hook, corpus", ...readAnswer(run) }];
  };
}

/** Several ways of asking, one after the other. */
export function askEach(...ways: readonly AskHook[]): AskHook {
  return async (one) => (await Promise.all(ways.map((ask) => ask(one)))).flat();
}

function describeCall(world: AttackWorld, one: AttackCase, spelling: Spelling): { agent: PolicyAgent; call: ToolCall } {
  const { layout } = world;
  return {
    agent: {
      client: "claude",
      role: "executor",
      domain: "music",
      ticket: spelling === "corpus" ? "music-T1" : layout.ticket,
      worktree: worktreeOf(layout, spelling),
      boxed: true,
    },
    call: { tool: one.tool, input: mapNames(one.input, layout, spelling), cwd: mapNames(one.cwd, layout, spelling) },
  };
}

/** Only what Claude Code was measured to honour is a denial: its JSON on standard output, and exit code 2. */
function readAnswer(run: { exitCode?: number | undefined; stdout: string; stderr: string }): Omit<HookAnswer, "way"> {
  const { exitCode, stdout, stderr } = run;
  const wrong = (fault: string) =>
    ({ decision: exitCode === 2 ? "deny" : "allow", fault: `${fault}: exit ${exitCode}, ${stdout}${stderr}`.slice(0, 400) }) as const;
  if (exitCode !== 0 && exitCode !== 2) return wrong("neither allow nor deny");
  let said: { hookSpecificOutput?: { hookEventName?: string; permissionDecision?: string; permissionDecisionReason?: string } } = {};
  try {
    said = stdout.trim() === "" ? {} : JSON.parse(stdout);
  } catch {
    return wrong("not JSON");
  }
  const { hookEventName, permissionDecision, permissionDecisionReason: reason } = said.hookSpecificOutput ?? {};
  if (exitCode === 0) return permissionDecision === "deny" ? wrong("denied without exit 2") : { decision: "allow" };
  if (permissionDecision !== "deny" || hookEventName !== "PreToolUse") return wrong("exit 2 without Claude Code's deny");
  const [, guard, rule, words] = /^(\S+) (\S+): (.*)$/s.exec(reason ?? "") ?? [];
  if (guard === undefined || words === undefined || reason?.includes("\n"))
    return wrong("the reason is not one line of guard, rule, reason and remedy");
  return { decision: "deny", guard, ...(rule === undefined ? {} : { rule }), reason: words };
}
