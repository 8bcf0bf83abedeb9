import { join } from "node:path";
import type { Check, RepoHandle } from "../../contract/config.ts";
import type { CommandRun } from "../../contract/run.ts";
import { maskSecrets } from "../../core/gate/find-secrets.ts";
import type { BoxResult } from "../../port/box.ts";
import type { Slot } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";

const tailChars = 2000;

/**
 * Runs a repository's checks on `commit`, in order, in a scratch copy; stops at the first that fails. Each begins on exactly
 * the commit: what the one before made is gone, and one that changed a file of the commit has failed, whatever it says (G1c).
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
    const changed = await slot.restore();
    const objection = explainEnd(result, check) ?? explainChanged(changed);
    const exitCode = changed.length > 0 ? null : result.exitCode;
    // First, so that no output however long pushes it out.
    const said = maskSecrets(`${result.stdout}${result.stderr}`.slice(-tailChars));
    const tail = objection ? `[mos] ${objection}\n${said}` : said;
    runs.push({ name: check.name, run: check.run, exitCode, ms: Math.round(result.ms), tail, log });
    if (exitCode !== 0) break;
  }
  return runs;
}

/** Green is: every check ran and ended with 0. No checks is not green. */
export function isGreen(checks: readonly Check[], runs: readonly CommandRun[]): boolean {
  return checks.length > 0 && runs.length === checks.length && runs.every((run) => run.exitCode === 0);
}

const endings: Record<BoxResult["endedBy"], string | undefined> = {
  exit: undefined,
  abort: undefined,
  timeout: "it was ended: its time was over",
  "output-limit": "it was ended: it printed without end",
  "memory-limit": "it was ended: it took more memory than limits.memoryMb",
  "disk-limit": "it was ended: it filled the disk",
  signal: "a signal ended it",
};

function explainEnd(result: BoxResult, check: Check): string | undefined {
  const ending = endings[result.endedBy];
  return result.endedBy === "timeout" ? `${ending} (${check.timeoutSeconds} s)` : ending;
}

function explainChanged(changed: readonly string[]): string | undefined {
  if (changed.length === 0) return undefined;
  const shown = changed.slice(0, 10).join(", ") + (changed.length > 10 ? " and more" : "");
  return `it changes the tree that it tests: ${shown}`;
}
