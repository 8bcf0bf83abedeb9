import type { Role } from "../../contract/policy.ts";
import type { ClientRun } from "../../port/agent-client.ts";

/** What a role may do with a client's own tools (DESIGN, section 6). Commands are run by Master OS's `run` alone. */
export interface Palette {
  readonly writes: boolean;
  readonly runs: boolean;
}

/** What the run names can only take away from it. */
export function findPalette({ role, tools }: Pick<ClientRun, "role" | "tools">): Palette {
  const { writes, runs } = palettes[role];
  const has = (...names: readonly string[]) => tools === undefined || tools.some((tool) => names.includes(tool));
  return { writes: writes && has("edit", "write"), runs: runs && has("run") };
}

const palettes: Record<Role, Palette> = {
  orchestrator: { writes: false, runs: false },
  scout: { writes: false, runs: false },
  executor: { writes: true, runs: true },
  verifier: { writes: false, runs: true },
  distiller: { writes: false, runs: false },
  librarian: { writes: true, runs: true },
  "operator-global": { writes: true, runs: true },
};
