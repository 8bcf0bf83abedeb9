import type { Role } from "../contract/policy.ts";

export type ClientName = "claude" | "codex" | "opencode" | "gemini";
export type ModelProtocol = "anthropic-messages" | "openai-responses" | "openai-chat";

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
}

/** How a client is started so that its own settings, switches and plugins cannot take the guards away. */
export interface ClientLaunch {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Written before the start, below `configDir` (relative names) or in the box's home (names that begin with `~/`). */
  readonly files: Readonly<Record<string, string>>;
}

/** A client of somebody else's: how it is found, started with guards in force, and what it can hold. One folder per client. */
export interface AgentClientDriver {
  readonly name: ClientName;
  readonly protocol: ModelProtocol;
  /** Looks on PATH and in the given folders; asks its version. Never downloads. */
  find(args: { path: string; folders: readonly string[] }): Promise<ClientFound>;
  /** Pure: same run, same launch. */
  launch(run: ClientRun): ClientLaunch;
}
