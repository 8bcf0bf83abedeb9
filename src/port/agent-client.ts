import type { AgentTool, RunFailure, Usage } from "../contract/agent.ts";
import type { Decision, Role, ToolCall } from "../contract/policy.ts";
import type { BoxResult } from "./box.ts";
import type { SlotRun } from "./slot.ts";

export const clientNames = ["claude", "codex", "opencode", "gemini"] as const;
export type ClientName = (typeof clientNames)[number];
export type ModelProtocol = "anthropic-messages" | "openai-responses" | "openai-chat" | "google-generate";

export type ClientFound =
  | { readonly kind: "found"; readonly program: string; readonly version: string }
  /** There, and older than what was measured to hold, or broken. */
  | { readonly kind: "refused"; readonly program: string; readonly version: string; readonly reason: string; readonly remedy: string }
  | { readonly kind: "absent"; readonly remedy: string };

/** One headless run of a client inside the client's box. Paths are those of the box. */
export interface ClientRun {
  readonly role: Role;
  readonly domain: string;
  readonly ticket?: string;
  readonly prompt: string;
  /** The role's guidance, beside what the client says to its model by itself. */
  readonly system?: string;
  /** What it may use; what its role may by default. */
  readonly tools?: readonly AgentTool[];
  /** JSON Schema of an object: what it is to give. How it is taken is the driver's `output`. */
  readonly outputSchema?: Readonly<Record<string, unknown>>;
  /** Keeps the conversation in the folders of `ClientLaunch.keeps`; with `resume`, goes on with that one, which lies there. */
  readonly conversation?: { readonly resume?: string };
  readonly model?: string;
  /** Where the tree is shown. */
  readonly tree: string;
  /** Loopback address of the relay inside the box: `http://127.0.0.1:3129`. */
  readonly relay: string;
  /** A word that the relay knows this run by; no key. */
  readonly token: string;
  /** Folder for the files of this run, read-only for the client: settings, MCP configuration. */
  readonly configDir: string;
  /** The hook as this client is to call it: argv, in the box. */
  readonly hook: readonly string[];
  readonly maxTurns: number;
  /** Whether it may start agents of its own, one level deep, under the same guards. Roles may not; proofs look at it. */
  readonly subagents?: true;
  /** Given where the client reads its own login in its box, which the relay passes on. Absent: a key is added in the relay. */
  readonly login?: ClientLogin;
}

/** What a client needs of its operator's login to make requests, and nothing that renews it. Secret. */
export interface ClientLogin {
  readonly accessToken: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** How a client is started so that its own settings, switches and plugins cannot take the guards away. */
export interface ClientLaunch {
  /** The first is the client's name: where its program is shown in the box, whoever starts it knows. */
  readonly argv: readonly string[];
  /** Given on standard input: what is in argv is seen by every process of the machine. */
  readonly input?: string;
  readonly env: Readonly<Record<string, string>>;
  /** Written before the start, below `configDir` (relative names) or in the box's home (names that begin with `~/`). */
  readonly files: Readonly<Record<string, string>>;
  /** Of `files`, those that hold the login: in the box for the client's own process, looked for everywhere else. */
  readonly secretFiles?: readonly string[];
  /** Names in the tree from which this client would load code whatever it is told: shown empty. */
  readonly emptied?: readonly string[];
  /** The folder of the box's home (`~/.claude/projects`) in which it keeps the conversation, writable. */
  readonly keeps?: string;
}

/** What a client said of its own run, on its standard output. All of it untrusted. */
export interface ClientReading {
  /** What it said last. */
  readonly text: string;
  /** As its own way to structured output gave it. */
  readonly output?: unknown;
  /** Of this run, by its own report; requests it does not tell. */
  readonly usage: Omit<Usage, "requests">;
  /** By its own report, for the whole conversation: what it was before a run that went on with it is in it. */
  readonly usd?: number;
  readonly turns: number;
  readonly conversation?: string;
  /** Tools that it called, by name. */
  readonly toolCalls: Readonly<Record<string, number>>;
  readonly fault?: { readonly failure: RunFailure; readonly message: string; readonly retryAfterMs?: number };
  /** Whether it said that it ended, and did not just stop. */
  readonly ended: boolean;
  /** Lines that are none of its protocol. */
  readonly strange: number;
}

/** Reads a client's output as it comes. */
export interface ClientReader {
  /** @returns what the model said in it, to show to whoever watches */
  take(text: string): string[];
  end(): ClientReading;
}

/** What a client may ask of whoever started it, where it is spoken with. Bound to its run. */
export interface ClientHost {
  /** What the guards say of a call before it is made. Never throws: a failure is a denial. */
  ask(call: ToolCall): Promise<Decision>;
  /** A command in the tool box, on the run's own tree, with what its role may write there. Whoever calls has asked. */
  run(command: Pick<SlotRun, "command" | "env" | "input" | "signal" | "onOutput">): Promise<BoxResult>;
}

/** A conversation with a client over its standard input and output, for as long as it runs. */
export interface ClientTalk extends ClientReader {
  /** For its standard input, which is closed after it. */
  readonly input: AsyncIterable<string>;
  /** For the transcript, of what was taken since the last time: whole lines, what came in pieces joined. After `end`, the rest. */
  kept(): string;
  /** Nothing more will be said: a client that goes on all the same is ended. */
  readonly ended: Promise<void>;
}

/** A client of somebody else's: how it is found, started with guards in force, and what it can hold. One folder per client. */
export interface AgentClientDriver {
  readonly name: ClientName;
  readonly protocol: ModelProtocol;
  /** What of its own behaviour was measured, in which version, and what of it only holds by the box around it. */
  readonly measured: { readonly version: string; readonly holds: string };
  /** Looks on PATH and in the given folders; asks its version. Never downloads. */
  find(args: { path: string; folders: readonly string[] }): Promise<ClientFound>;
  /** How a run gives its structured output: by the client's own way, or by the tool `hand_in` of the server mos. */
  readonly output: "native" | "hand-in";
  /** Whether it was seen to go on with a conversation. */
  readonly resumes: boolean;
  /** Pure: same run, same launch. */
  launch(run: ClientRun): ClientLaunch;
  read(run: Pick<ClientRun, "outputSchema">): ClientReader;
}
