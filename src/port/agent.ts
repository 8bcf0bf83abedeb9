import type { ModelRole } from "../contract/agent.ts";
import type { Decision, ToolCall } from "../contract/policy.ts";
import type { Report } from "../contract/run.ts";
import type { Ticket } from "../contract/ticket.ts";
import type { Slot } from "./slot.ts";

/** What a runtime gives back. What it says is untrusted text; what it did is in the slot. */
export interface AgentOutcome {
  readonly outcome: "done" | "failed";
  readonly summary: string;
  readonly commands: Report["commands"];
  readonly decided?: readonly string[];
  readonly learned?: readonly string[];
  readonly left?: readonly string[];
  /** Its work may not be handed in at all, not even as an object in the repository: a secret stands in it. */
  readonly refusal?: { readonly message: string; readonly hint: string };
}

/** What a client of somebody else's is asked by the doctor. A fix is a sentence, safe for an agent to follow. */
export type ClientState =
  | { readonly ok: true; readonly reason: string }
  | { readonly ok: false; readonly reason: string; readonly fix: string };

export interface AgentClient {
  /** Why it cannot be used here at all (`not installed`): it is disabled and named, which is no failure. */
  missing?(): Promise<string | undefined>;
  /** Whether our guards are installed in it, and are those of this version. */
  guards(): Promise<ClientState>;
  /** Whether what it was seen to offer and to refuse was seen of the version that is installed now, and is what these roles need. */
  capabilities(roles?: readonly ModelRole[]): Promise<ClientState>;
}

/** Who does a ticket's work in a prepared slot. One per name; `playbook` is built in. */
export interface AgentRuntime {
  readonly name: string;
  /** Whether it can do this ticket; if not, why and what would. */
  canExecute(ticket: Ticket): { ok: true } | { ok: false; reason: string; clears: string };
  execute(args: {
    ticket: Ticket;
    /** Its commands pass the guards first: one that is refused ends with 126 and their words. */
    slot: Slot;
    /** What the guards say of any other call before it is made; a refusal is written to the log. */
    ask(call: ToolCall): Promise<Decision>;
    /** Paths of the tree that stay read-only. */
    readOnly: readonly string[];
    wallMs: number;
    /** A file of this attempt's own, without extension. */
    logBase: string;
    signal: AbortSignal;
    onOutput?: (text: string) => void;
  }): Promise<AgentOutcome>;
}
