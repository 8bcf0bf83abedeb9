import type { ModelProtocol } from "./agent-client.ts";

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
  /** Sent on to the model. */
  readonly requests: number;
  readonly refused: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
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
  /** What was refused, in one line; never a body. */
  readonly onRefusal?: (reason: string) => void;
}

export interface RunningRelay {
  totals(): RelayTotals;
  close(): Promise<void>;
}

/** One relay for one run: fixed to what it was started with, nothing in a request changes it (P6). */
export type StartRelay = (args: RelayArgs) => Promise<RunningRelay>;
