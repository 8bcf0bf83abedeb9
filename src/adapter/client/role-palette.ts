import type { Role } from "../../contract/policy.ts";
import { rolePalettes } from "../../core/role/role-table.ts";
import type { ClientRun } from "../../port/agent-client.ts";

/** What a role may do with a client's own tools (DESIGN, section 6). Commands are run by Master OS's `run` alone. */
export interface Palette {
  readonly writes: boolean;
  readonly runs: boolean;
}

/** What the run names can only take away from it. The orchestrator, which is no model's role of ours, asks and does nothing itself. */
export function findPalette({ role, tools }: Pick<ClientRun, "role" | "tools">): Palette {
  const own = isPlayed(role) ? rolePalettes[role].tools : [];
  const may = own.filter((tool) => tools?.includes(tool) ?? true);
  return { writes: may.includes("edit") || may.includes("write"), runs: may.includes("run") };
}

function isPlayed(role: Role): role is keyof typeof rolePalettes & Role {
  return Object.hasOwn(rolePalettes, role);
}
