import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

const dist = join(import.meta.dirname, "../../dist");

/** The three ways in which a hook is started, as argv. */
export const hookPrograms = {
  script: [join(dist, "mos-hook"), "--node", process.execPath],
  bundle: [process.execPath, join(dist, "hook.cjs")],
  command: [process.execPath, join(dist, "mos.mjs"), "hook"],
} as const;

export interface HookRun {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/**
 * Runs a hook as a client would. `input` undefined: stdin stays open and silent until the hook ends.
 *
 * @param started  gets the process, to do something to it
 */
export function runHook(
  argv: readonly string[],
  args: {
    readonly cwd: string;
    readonly input?: string | Uint8Array;
    readonly env?: Readonly<Record<string, string>>;
    readonly started?: (child: ChildProcess) => void;
  },
): Promise<HookRun> {
  const from = performance.now();
  const [program, ...rest] = argv as [string, ...string[]];
  const env = { PATH: process.env.PATH ?? "/usr/bin:/bin", HOME: args.cwd, ...args.env };
  const child = spawn(program, rest, { cwd: args.cwd, env, stdio: "pipe" });
  return new Promise((settle, fail) => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => out.push(part));
    child.stderr.on("data", (part: Buffer) => err.push(part));
    child.stdin.on("error", () => {});
    child.on("error", fail);
    child.on("close", (exit) => {
      settle({ exit, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), ms: performance.now() - from });
    });
    if (args.input !== undefined) child.stdin.end(args.input);
    args.started?.(child);
  });
}
