import type { Role } from "../../../contract/policy.ts";
import type { ToolNature } from "../act.ts";
import { quote } from "./advice.ts";
import { defineRule } from "./rule.ts";

const everybody: readonly ToolNature[] = ["read", "talk", "own", "mcp", "fetch", "spawn"];

/** DESIGN section 6. A shell is for those who also work with known commands that only read. */
const palettes: Readonly<Record<Role, readonly ToolNature[]>> = {
  orchestrator: [...everybody, "shell"],
  scout: [...everybody, "shell"],
  executor: [...everybody, "shell", "write"],
  verifier: [...everybody, "shell"],
  distiller: everybody,
  librarian: [...everybody, "shell", "write"],
  "operator-global": [...everybody, "shell", "write"],
};

export const keepToRole = defineRule({
  id: "P3.13",
  guard: "boundary-guard",
  on: "tool",
  judge(act, scene) {
    const { role } = scene.agent;
    if (palettes[role].includes(act.nature)) return undefined;
    return {
      reason: `${quote(act.tool)} is not among the tools of a ${role}.`,
      remedy: "Read and search with the tools you have, and put the result into your answer; files change by an executor's ticket.",
    };
  },
});
