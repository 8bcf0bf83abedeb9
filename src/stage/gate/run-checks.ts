import { join } from "node:path";
import type { Check, RepoHandle } from "../../contract/config.ts";
import type { CommandRun } from "../../contract/run.ts";
import type { Slot } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";

const tailChars = 2000;

/**
 * Runs a repository's checks on `commit`, in order, in a scratch copy; stops at the first that fails.
 *
 * @param logBase  relative to the state folder
 */
export async function runChecks(
  world: World,
  args: { repo: RepoHandle; slot: Slot; commit: string; checks: readonly Check[]; logBase: string; signal: AbortSignal },
): Promise<CommandRun[]> {
  const { slot, signal } = args;
  const runs: CommandRun[] = [];
  await slot.prepare(args.commit);
  for (const check of args.checks) {
    const log = `${args.logBase}-${check.name}.log`;
    const result = await slot.run({
      command: check.run,
      writable: true,
      wallMs: check.timeoutSeconds * 1000,
      logFile: join(world.workspace.stateDir, log),
      signal,
    });
    signal.throwIfAborted();
    const tail = `${result.stdout}${result.stderr}`.slice(-tailChars);
    runs.push({ name: check.name, run: check.run, exitCode: result.exitCode, ms: Math.round(result.ms), tail, log });
    if (result.exitCode !== 0) break;
  }
  return runs;
}

/** Green is: every check ran and ended with 0. No checks is not green. */
export function isGreen(checks: readonly Check[], runs: readonly CommandRun[]): boolean {
  return runs.length === checks.length && runs.every((run) => run.exitCode === 0);
}
