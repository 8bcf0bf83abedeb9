import { createSystemClock } from "../adapter/clock/system-clock.ts";
import { createGit } from "../adapter/git/git.ts";
import type { Clock } from "../port/clock.ts";
import type { Git } from "../port/git.ts";
import type { Progress, World } from "../port/world.ts";

/** What works without a workspace. */
export interface Tools {
  readonly git: Git;
  readonly clock: Clock;
}

export function composeTools(): Tools {
  return { git: createGit(process.env), clock: createSystemClock() };
}

export interface WorldRequest {
  /** Where to look for mos.yaml: here, or upward. */
  readonly start: string;
  /** `start` was named: it must be a workspace itself. */
  readonly exact: boolean;
  readonly report: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

export async function composeWorld(_request: WorldRequest): Promise<{ world: World; close(): Promise<void> }> {
  throw new Error("not yet");
}
