import type { Usage } from "../contract/agent.ts";
import type { ModelProtocol } from "./agent-client.ts";
import type { ToolOutcome } from "./role-runtime.ts";

/** What a client is let in with. A key stays in the relay; a login is the client's own and lies in its box. */
export type RelayCredential =
  | { readonly kind: "key"; readonly key: string }
  /** Passed on as the client sends it, and only if it is this one. */
  | { readonly kind: "login"; readonly accessToken: string };

/** A tool of Master OS's own, served over MCP as `mos`. Bound to its run when it is made; its input is untrusted. */
export interface RelayTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  call(input: unknown, signal: AbortSignal): Promise<{ readonly text: string; readonly isError: boolean }>;
}

export interface RelayLimits {
  /** Of one request's body. */
  readonly requestBytes: number;
  /** Of one answer's body. */
  readonly responseBytes: number;
  /** Model requests in all; those after are refused. */
  readonly requests: number;
  /** In and out, in all; requests after it is reached are refused. */
  readonly tokens: number;
  /** Of one request to the model. */
  readonly requestMs: number;
}

export interface RelayTotals {
  /** Sent on to the model, each time. */
  readonly requests: number;
  readonly refused: number;
  /** By the provider's own words, or estimated where it says nothing. */
  readonly usage: Usage;
  /** Of `usage`: everything that went in, and what came out. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** What the model's last answer was instead of one: it is over its limit, and was asked for as long as is waited. */
  readonly busy?: { readonly status: number; readonly retryAfterMs?: number };
  /** Why no more requests go on: the first word that was given. */
  readonly ended?: { readonly by: "budget" | "no-progress"; readonly word: string };
  /** Tools that the model called, by name, as its answers said. */
  readonly toolCalls: Readonly<Record<string, number>>;
}

export interface RelayArgs {
  /** Unix socket of the host, made here; its folder must be there. */
  readonly socket: string;
  readonly protocol: ModelProtocol;
  /** `https://api.anthropic.com`; what a path of the protocol is added to, `/v1/messages`. */
  readonly upstream: string;
  readonly credential: RelayCredential;
  /** In the header `x-mos-run` of every request; without it nothing is served. */
  readonly token: string;
  readonly tools: readonly RelayTool[];
  /** Answers a client's HTTP hook at /hook, with the JSON that the client honours. Never throws: a failure is a denial. */
  readonly hook?: (input: unknown) => Promise<unknown>;
  readonly limits: RelayLimits;
  /** Told what was used so far, after each answer of the model. A text ends all further requests, and is said to the client. */
  readonly onUsage?: (usage: Usage) => string | undefined;
  /** Told of each tool call that the run's model made, once, when its result is on its way to the model. A text as above. */
  readonly onOutcome?: (outcome: ToolOutcome) => string | undefined;
  /** From 0 up to 1: spreads the times at which a busy model is asked again. */
  readonly random?: () => number;
  /** What was refused, in one line; never a body. */
  readonly onRefusal?: (reason: string) => void;
}

export interface RunningRelay {
  totals(): RelayTotals;
  close(): Promise<void>;
}

/** One relay for one run: fixed to what it was started with, nothing in a request changes it (P6). */
export type StartRelay = (args: RelayArgs) => Promise<RunningRelay>;
