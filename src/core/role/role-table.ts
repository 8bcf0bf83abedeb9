import type { AgentTool, ModelRole } from "../../contract/agent.ts";

/** What a role may use, and whether its tree may be written (DESIGN section 6). */
export interface RolePalette {
  readonly tools: readonly AgentTool[];
  readonly writable: boolean;
  /** The stage of the flow that shows its progress. */
  readonly stage: string;
}

export const rolePalettes: Readonly<Record<ModelRole, RolePalette>> = {
  scout: { tools: ["read", "search"], writable: false, stage: "scout" },
  executor: { tools: ["read", "search", "edit", "write", "run"], writable: true, stage: "execute" },
  verifier: { tools: ["read", "search", "run"], writable: false, stage: "verify" },
  distiller: { tools: ["read", "search"], writable: false, stage: "distill" },
  librarian: { tools: ["read", "search", "edit", "write"], writable: true, stage: "execute" },
  "operator-global": { tools: ["read", "search", "edit", "write"], writable: true, stage: "execute" },
};

/** Roles whose runs do a ticket's work: the ticket names their runtime. */
export function worksOnTickets(role: ModelRole): boolean {
  return rolePalettes[role].writable;
}
