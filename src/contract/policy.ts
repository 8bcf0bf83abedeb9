/** Plain types, no schema library: the hook loads this room for every tool call of every agent. */

/** DESIGN section 6. */
export const roles = ["orchestrator", "scout", "executor", "verifier", "distiller", "librarian", "operator-global"] as const;
export type Role = (typeof roles)[number];

export const guardNames = ["ticket-state-guard", "pre-merge-gate", "boundary-guard", "worktree-cleanup", "hook-tamper-guard"] as const;
export type GuardName = (typeof guardNames)[number];

/** One silo as the policy knows it. Absolute paths, as the kernel resolves them. */
export interface PolicyDomain {
  readonly name: string;
  readonly sealed: boolean;
  /** Its home and attached repositories. */
  readonly repos: readonly { readonly path: string; readonly gitDir: string; readonly branch: string }[];
}

/** Everything a decision rests on but the call itself. Compiled from mos.yaml; kept with its checksum. */
export interface Policy {
  readonly schemaVersion: 1;
  /** The workspace's root. */
  readonly root: string;
  /** `<root>/.mos`. */
  readonly stateDir: string;
  /** `operator` is one of them. */
  readonly domains: readonly PolicyDomain[];
  /** The operator's home folder: what `~` means, and what no agent reads. */
  readonly home: string;
  /** Files and folders that guards protect from every agent: settings, hooks and rules of agent clients, shell start files. */
  readonly protectedPaths: readonly string[];
  /** Where Master OS's own program lies. */
  readonly programDir: string;
  /** Outside the silos, what may be read (a path or a folder with everything in it): /usr, /etc/hosts … */
  readonly readable: readonly string[];
  /** Outside the silos, what may be written: /tmp, /dev/null … */
  readonly writable: readonly string[];
}

/** Who calls. Fixed at the start of a run, never taken from what the agent says. */
export interface PolicyAgent {
  readonly client: string;
  readonly role: Role;
  /** Absent for the orchestrator, who has none. */
  readonly domain?: string;
  readonly ticket?: string;
  /** Absolute; the one place that an executor or librarian may write. */
  readonly worktree?: string;
  /**
   * Whether shell commands of this agent run in the tool box. Where they do not, what the parser cannot decide is denied (P5):
   * there is no sandbox behind it that would hold.
   */
  readonly boxed: boolean;
}

/** A call before it runs, as the client told it. Untrusted. */
export interface ToolCall {
  readonly tool: string;
  readonly input: unknown;
  /** Absolute. */
  readonly cwd: string;
}

/** What the kernel makes of one path that a call names. Gathered at the edge, after `listPaths`. */
export interface PathFact {
  /** As `listPaths` gave it: absolute, before links are followed. */
  readonly asked: string;
  /** Links followed; what does not exist is appended to its deepest existing folder. */
  readonly path: string;
  readonly kind: "file" | "folder" | "other" | "absent" | "unreadable";
  /** Hard links of a file; 1 where it does not matter. */
  readonly links: number;
}

export type Decision =
  | { readonly decision: "allow" }
  | {
      readonly decision: "deny";
      readonly guard: GuardName;
      /** Of docs/spec/policy.md: `P3.2`. */
      readonly rule: string;
      readonly reason: string;
      /** What to do instead, so that a confused model goes on rightly. */
      readonly remedy: string;
    };

/** Settings of agent clients at the top of a repository: what a ticket changes there would be obeyed by the next session. */
export const agentSettings = {
  folders: [".claude", ".codex", ".gemini", ".opencode", ".cursor"],
  files: [".mcp.json", "opencode.json", "opencode.jsonc"],
} as const;
