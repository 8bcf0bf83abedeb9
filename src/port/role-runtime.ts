import type { AgentRun, AgentTool, CostEstimate, ModelRole, RunFailure, Usage } from "../contract/agent.ts";
import type { Decision, ToolCall } from "../contract/policy.ts";
import type { AgentClient } from "./agent.ts";
import type { Slot } from "./slot.ts";

/** Bounds of one run. What is over them ends it; the work that is in the slot is kept. */
export interface PlayLimits {
  readonly wallMs: number;
  readonly turns: number;
  readonly requests: number;
  /** All four kinds together. */
  readonly tokens: number;
  /** Kept of the transcript; a client that prints more than ten times this is ended (flood). */
  readonly transcriptBytes: number;
}

/** What a tool call came to, told as it ends; the breaker counts these. */
export interface ToolOutcome {
  readonly tool: string;
  /** Digest of the input, and of what was answered. */
  readonly input: string;
  readonly answer: string;
  readonly failed: boolean;
}

/** One run of one role. Everything a runtime may know of the world. */
export interface Play {
  /** `run-12`, in names of files and in the log. */
  readonly id: string;
  readonly role: ModelRole;
  readonly domain: string;
  readonly ticket?: string;
  /** The role's guidance; the operator's words, or ours. */
  readonly system: string;
  /** The task, with what is untrusted in it fenced. */
  readonly prompt: string;
  readonly tools: readonly AgentTool[];
  /** JSON Schema of an object: what the run must give. */
  readonly outputSchema: Readonly<Record<string, unknown>>;
  readonly model?: string;
  /** Prepared. */
  readonly slot: Slot;
  readonly writable: boolean;
  readonly readOnly: readonly string[];
  readonly limits: PlayLimits;
  /** A conversation of this runtime's to go on with, where it can; it may begin anew. */
  readonly conversation?: string;
  /** What the guards say of a call before it is made, a command's too; a refusal is logged. Never throws: a failure is a denial. */
  readonly ask: (call: ToolCall) => Promise<Decision>;
  /** Told what was used so far, after each answer of the model. A text ends the run (budget) and says why. */
  readonly onUsage: (usage: Usage) => string | undefined;
  /** Told of each tool call that ended. A text ends the run (no-progress) and says why. */
  readonly onOutcome: (outcome: ToolOutcome) => string | undefined;
  /** A line for whoever watches; untrusted. */
  readonly onText?: (text: string) => void;
  /** A host file for the whole transcript, one JSON value a line, secrets hidden. */
  readonly transcript: string;
  readonly signal: AbortSignal;
}

/** What it came to. `output` is as the model gave it: whoever asked checks it against the schema. */
export type Played = {
  readonly usage: Usage;
  readonly cost?: CostEstimate;
  readonly version?: string;
  readonly turns: number;
  readonly toolCalls: AgentRun["toolCalls"];
  readonly conversation?: string;
} & (
  | { readonly kind: "done"; readonly output: unknown; readonly text: string }
  | {
      readonly kind: "failed";
      readonly failure: RunFailure;
      /** One line; untrusted. */
      readonly message: string;
      /** When the provider said when to come back. */
      readonly retryAfterMs?: number;
      /** The work may not be handed in, not even as an object: a secret stands in it. */
      readonly refusal?: { readonly message: string; readonly hint: string };
    }
);

/** A runtime with a model behind it. One conformance suite for all: `test/conformance/role-runtime.ts`. */
export interface RoleRuntime {
  readonly name: string;
  /** What stands behind it where it is a client of somebody else's. */
  readonly client?: AgentClient;
  /** A fingerprint of how it starts a program of somebody else's (`CapabilityMap.start`). */
  start?(): string;
  /** Whether it could start now: a program, a key. Cheap; nothing is started. */
  ready(): Promise<
    { readonly ok: true; readonly version?: string } | { readonly ok: false; readonly reason: string; readonly clears: string }
  >;
  /** Runs once. An expected failure is a value; throws where Master OS itself fails. Ended by the signal: `cancelled`. */
  play(play: Play): Promise<Played>;
}
