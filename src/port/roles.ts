import type { AgentRun, ModelRole, RunFailure } from "../contract/agent.ts";
import type { RoleOutput } from "../contract/role.ts";
import type { Slot } from "./slot.ts";

/** A part of what a role is told. What is not the operator's own word is fenced, with a nonce of the run's own. */
export interface RoleInput {
  readonly title: string;
  readonly text: string;
  readonly trust: "operator" | "untrusted";
  /** Texts of the wiki that this part holds, one for each passage: the part is marked, and what repeats them is no evidence (K2). */
  readonly recalled?: readonly string[];
}

export interface RoleRequest<R extends ModelRole> {
  readonly role: R;
  readonly domain: string;
  readonly session?: string;
  readonly ticket?: { readonly id: string; readonly epoch: number; readonly runtime?: string };
  readonly input: readonly RoleInput[];
  /** Prepared at the commit that the role is to see. */
  readonly slot: Slot;
  /** Paths of the tree that stay read-only all the same. */
  readonly readOnly: readonly string[];
  /** The tree is a copy that nobody looks at afterwards: the commands of a role that only reads may write in it. */
  readonly scratch?: true;
  readonly wallMs?: number;
  readonly signal: AbortSignal;
}

/** `waits`: the provider is over its limit and the run may be had again after that time; nothing is wrong with the work. */
export type RoleResult<R extends ModelRole> =
  | { readonly kind: "done"; readonly output: RoleOutput<R>; readonly run: AgentRun }
  | {
      readonly kind: "failed";
      readonly failure: RunFailure;
      readonly message: string;
      /** What would let it go on, for a reader. */
      readonly clears: string;
      readonly retryAfterMs?: number;
      /** The work may not be handed in: a secret stands in it. */
      readonly refusal?: { readonly message: string; readonly hint: string };
      readonly run?: AgentRun;
    };

/** Who plays a role in a domain, by configuration: a runtime with a model, or nobody (the deterministic part alone). */
export interface RoleChoice {
  readonly runtime: string;
  readonly model?: string;
}

/**
 * The one way to a model. Chooses by configuration, refuses what was not seen to be able, fences, bounds, counts, keeps the
 * transcript, checks the output against the role's schema and asks once more where it is missing or off.
 */
export interface Roles {
  /** `undefined`: no model speaks in this role there. A sealed domain's are named in its own configuration or not at all. */
  choose(role: ModelRole, domain: string): RoleChoice | undefined;
  /**
   * Digest of what shapes a run but its input: runtime, model, the role's file, standing rules, output schema. It changes when
   * one of these does. `undefined` as for `choose`.
   */
  fingerprint(role: ModelRole, domain: string): Promise<string | undefined>;
  /** Whether a run could begin: the runtime is there and was seen to support the role, and a budget is left. */
  ready(
    role: ModelRole,
    domain: string,
    runtime?: string,
  ): Promise<
    { readonly ok: true } | { readonly ok: false; readonly failure: RunFailure; readonly reason: string; readonly clears: string }
  >;
  play<R extends ModelRole>(request: RoleRequest<R>): Promise<RoleResult<R>>;
}
