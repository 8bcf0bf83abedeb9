import type { Workspace } from "../contract/config.ts";
import type { Playbook } from "../contract/playbook.ts";
import type { AgentRuntime } from "./agent.ts";
import type { Box } from "./box.ts";
import type { Clock } from "./clock.ts";
import type { Git } from "./git.ts";
import type { Guard } from "./guard.ts";
import type { Machine } from "./machine.ts";
import type { RoleRuntime } from "./role-runtime.ts";
import type { Roles } from "./roles.ts";
import type { Search } from "./search.ts";
import type { Slots } from "./slot.ts";
import type { Store } from "./store.ts";

/** What a stage tells whoever watches. Text may hold untrusted words: the face that shows it strips control characters. */
export interface Progress {
  readonly stage: string;
  readonly domain?: string;
  readonly ticket?: string;
  readonly state: "start" | "update" | "done" | "failed" | "skipped";
  readonly text: string;
}

/** Everything a stage or a use case may touch. Made in `entry/compose.ts` alone. */
export interface World {
  readonly workspace: Workspace;
  readonly store: Store;
  readonly git: Git;
  readonly box: Box;
  readonly slots: Slots;
  /** What an executor may do, as the workspace's policy says now. */
  readonly guard: Guard;
  readonly clock: Clock;
  readonly machine: Machine;
  /** Built in and the operator's own. */
  readonly playbooks: readonly Playbook[];
  /** Who may do a ticket's work, by the name that the ticket gives. */
  readonly runtimes: Readonly<Record<string, AgentRuntime>>;
  /** Questions to a domain's wiki (K6). */
  readonly search: Search;
  /** What stands behind a role that a model plays, by the name that configuration or a ticket gives. */
  readonly roleRuntimes: Readonly<Record<string, RoleRuntime>>;
  /** The one way to a model. */
  readonly roles: Roles;
  /** This process, in leases and events: `host/pid/start`. */
  readonly worker: { readonly id: string; readonly pid: number; readonly process: string };
  /** Whether the process a lease names is still there, as far as this machine can tell. */
  isProcessAlive(lease: { pid: number; process: string }): boolean;
  report(progress: Progress): void;
  readonly signal: AbortSignal;
}
