import type { GuardName } from "./policy.ts";

/** Why a call was refused, in the words that the client shows its model. */
export interface Refusal {
  readonly guard: GuardName;
  /** Of docs/spec/policy.md, or of docs/spec/hook.md when the hook itself could not decide. */
  readonly rule: string;
  readonly reason: string;
  readonly remedy: string;
}

/** The trace of one refusal, as it waits in `<root>/.mos/run/spool/` for the log (I8). Plain, for the hook writes it. */
export interface Denial extends Refusal {
  readonly schemaVersion: 1;
  /** ISO 8601. */
  readonly at: string;
  /** Who decided: the resident process or the hook alone. */
  readonly by: "daemon" | "hook";
  readonly client: string;
  readonly role?: string;
  readonly domain?: string;
  readonly ticket?: string;
  readonly worktree?: string;
  readonly tool?: string;
}
