import { spawn } from "node:child_process";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { evaluate } from "../src/core/policy/evaluate.ts";
import { listPaths } from "../src/core/policy/list-paths.ts";
import { gatherPathFacts } from "../src/entry/compose-policy.ts";
import { readCall } from "../src/entry/hook/client-form.ts";
import { parseArguments } from "../src/entry/hook/parse-arguments.ts";
import { readPolicy } from "../src/entry/hook/read-policy.ts";
import { type HookWorkspace, makeHookWorkspace } from "../test/support/make-hook-workspace.ts";
import { type Figure, median } from "./figure.ts";

const rounds = 60;
const dist = join(process.cwd(), "dist");

/**
 * What a guard's decision costs: the whole process through the resident process, against the smallest shell; the bundle that
 * decides alone, against the smallest Node; and the decision itself. Each pair takes turns, so that both meet the same load.
 */
export async function benchHook(): Promise<Figure[]> {
  const made = await makeHookWorkspace();
  const daemon = [process.execPath, join(dist, "mos.mjs"), "daemon"];
  try {
    await run([...daemon, "start", "--workspace", made.root], "");
    const fast = await compare(made, [join(dist, "mos-hook"), "claude", ...made.options], ["sh", "-c", "true"]);
    const alone = await compare(made, [process.execPath, join(dist, "hook.cjs"), "claude", ...made.options], [process.execPath, "-e", "0"]);
    const microseconds = timeDecisions(made);
    return [
      { what: "hook through the resident process, in sh -c true", ...fast, atMost: 4 },
      { what: "hook by the bundle alone, in node -e 0", ...alone, atMost: 1.8 },
      {
        what: "one decision in process, in 50 µs",
        ratio: microseconds / 50,
        atMost: 1,
        detail: `${microseconds.toFixed(1)} µs (median; the file system is asked in between)`,
      },
    ];
  } finally {
    await run([...daemon, "stop", "--workspace", made.root], "");
    await made.remove();
  }
}

async function compare(made: HookWorkspace, hook: readonly string[], floor: readonly string[]): Promise<Pick<Figure, "ratio" | "detail">> {
  const [mine, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const { ms, exit } = await run(hook, made.harmless);
    if (exit !== 0) throw new Error(`the hook ended in ${exit}`);
    mine.push(ms);
    bare.push((await run(floor, made.harmless)).ms);
  }
  const [hookMs, floorMs] = [median(mine), median(bare)];
  return { ratio: hookMs / floorMs, detail: `${hookMs.toFixed(1)} ms against ${floorMs.toFixed(1)} ms (medians of ${rounds})` };
}

function run([program, ...args]: readonly string[], input: string): Promise<{ ms: number; exit: number | null }> {
  const from = performance.now();
  const child = spawn(program as string, args, {
    stdio: ["pipe", "ignore", "ignore"],
    env: { PATH: process.env.PATH, HOME: "/nonexistent" },
  });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return new Promise((settle, fail) => {
    child.on("error", fail);
    child.on("close", (exit) => settle({ ms: performance.now() - from, exit }));
  });
}

/** Calls of every kind that agents make, harmless and not. */
const inputs: readonly [string, Readonly<Record<string, unknown>>][] = [
  ["Bash", { command: "ls -la" }],
  ["Bash", { command: "npm test -- --run && git add -A && git commit -m 'feat: one more'" }],
  ["Bash", { command: 'for f in *.ts; do grep -n "TODO" "$f" | head -3; done > todo.txt' }],
  ["Bash", { command: "cat ../../../../../../trading/secret.env" }],
  ["Bash", { command: "git push origin HEAD:main" }],
  ["Bash", { command: `bash -c 'eval "$(printf %s "cat /etc/shadow")"'` }],
  ["Read", { file_path: "a.txt" }],
  ["Write", { file_path: "b.txt", content: "x".repeat(4_000) }],
  ["Edit", { file_path: "a.txt", old_string: "a", new_string: "b" }],
  ["Grep", { pattern: "KEY", path: "." }],
  ["Glob", { pattern: "**/*.ts" }],
  ["mcp__mos__run", { command: "python3 -m pytest -q" }],
];

function timeDecisions(made: HookWorkspace): number {
  const policy = readPolicy({ file: made.policy, root: made.root });
  const { agent } = parseArguments(["claude", ...made.options]);
  const calls = inputs.map(([tool_name, tool_input]) => readCall("claude", JSON.stringify({ cwd: made.worktree, tool_name, tool_input })));
  const times: number[] = [];
  for (let round = 0; round < 300; round += 1) {
    for (const call of calls) {
      const from = performance.now();
      const paths = listPaths(policy, agent, call);
      const listedMs = performance.now() - from;
      const facts = gatherPathFacts(paths);
      const gathered = performance.now();
      evaluate(policy, agent, call, facts);
      // The first rounds are the compiler's.
      if (round >= 100) times.push((listedMs + performance.now() - gathered) * 1_000);
    }
  }
  return median(times);
}
