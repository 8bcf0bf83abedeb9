import type { World } from "../../port/world.ts";
import type { OpenWorld, Resident, Tools } from "../compose.ts";
import type { Ask } from "./ask.ts";

/** What a command may use of the terminal and the machine. */
export interface CommandContext {
  /** `--workspace`, as given. */
  readonly workspace: string | undefined;
  /** Paths in arguments are relative to this. */
  readonly cwd: string;
  readonly json: boolean;
  /** May ask: a terminal on both ends, no `--no-input`, no `--json`, and no agent as the caller. */
  readonly interactive: boolean;
  /** A program called, not a person: it sees nothing of sealed domains, no spinners and no questions. */
  readonly callerIsAgent: boolean;
  readonly signal: AbortSignal;
  /** Data, on stdout. */
  write(text: string): void;
  /** On stderr, as it is. */
  writeError(text: string): void;
  /** A word to the person, on stderr; silent with `--json`. */
  say(text: string): void;
  /** The workspace with everything open. Opened once, closed when the command ends. */
  openWorld(): Promise<World>;
  /** The same for what only shows: to an agent, sealed domains are not there. */
  openView(): Promise<World>;
  /** The same, with mos.yaml for editing and a way to stop other workers. `at`: that workspace, whatever was asked for. */
  openWorkspace(at?: string): Promise<OpenWorld>;
  /** The workspace's resident process, with no store opened. */
  openResident(): Promise<Resident>;
  /** What works without a workspace: git and the clock. */
  openTools(): Promise<Tools>;
  /** Prompts; each throws a usage error naming `instead` where nobody can answer. */
  readonly ask: Ask;
}
