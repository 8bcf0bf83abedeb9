import type { AgentRun, ModelRole, RunFailure } from "../../contract/agent.ts";
import type { PlayLimits, RoleRuntime, ToolOutcome } from "../../port/role-runtime.ts";
import type { StoreReader } from "../../port/store.ts";
import type { World } from "../../port/world.ts";

/** What one run would need; what is left of a budget is counted for it. */
export interface RunNeed {
  readonly role: ModelRole;
  readonly domain: string;
  readonly session?: string;
  readonly ticket?: string;
  readonly runtime: string;
  readonly model?: string;
  /** The operator's local day. */
  readonly day: string;
  /** What the stage leaves it at most. */
  readonly wallMs?: number;
}

export type LimitsLeft =
  | { readonly ok: true; readonly limits: PlayLimits }
  | { readonly ok: false; readonly reason: string; readonly clears: string };

/** What is told of a run while it goes on. A text ends it. */
export interface RunObserver {
  readonly onUsage: (usage: AgentRun["usage"]) => string | undefined;
  readonly onOutcome: (outcome: ToolOutcome) => string | undefined;
  /** Why a text was given, the first time; what the run came to says so, whatever its runtime makes of it. */
  readonly ending?: () => RunEnding | undefined;
}

export interface RunEnding {
  readonly failure: RunFailure;
  readonly message: string;
  readonly clears: string;
}

export type Supports = { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly clears: string };

/** What Roles stand on; each is replaced without touching how a role is played. */
export interface RoleParts {
  /** The smaller of a run's own limits and what is left of the ticket's, the domain's day's and the day's. In the reserving transaction. */
  readonly limitsLeft: (world: World, tx: StoreReader, need: RunNeed) => Promise<LimitsLeft>;
  readonly observe: (world: World, args: { run: AgentRun; limits: PlayLimits }) => RunObserver;
  /** Whether the runtime was seen to be able to play the role. */
  readonly supports: (world: World, need: { role: ModelRole; runtime: RoleRuntime; version: string | undefined }) => Promise<Supports>;
  /** Keys and logins that are known here: none of them reaches a prompt, a message or the log. */
  readonly listSecrets: () => readonly string[];
  /** The folder of the roles' files that ship. */
  readonly promptDir: string;
  /** A word that nobody can guess, of letters and digits. */
  readonly makeNonce: () => string;
}
