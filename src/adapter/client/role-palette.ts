import type { Role } from "../../contract/policy.ts";

/** What a role may do with a client's own tools (DESIGN, section 6). Commands are run by Master OS's `run` alone. */
export interface Palette {
  readonly writes: boolean;
  readonly runs: boolean;
}

export function findPalette(role: Role): Palette {
  return palettes[role];
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
