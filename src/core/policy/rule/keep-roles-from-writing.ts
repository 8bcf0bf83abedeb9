import { mayWrite } from "../scene.ts";
import { changes, quote } from "./advice.ts";
import type { PathRule } from "./rule.ts";

/** DESIGN section 6: who gives a brief, a verdict or candidates gives no files. A verifier's scratch area is /tmp. */
export const keepRolesFromWriting: PathRule = {
  id: "P3.6",
  guard: "boundary-guard",
  judge(act, { place }, scene) {
    if (!changes(act.access) || mayWrite(scene)) return undefined;
    const scratch = place.zone === "writable" && (scene.agent.role === "verifier" || scene.agent.role === "orchestrator");
    if (scratch || (place.zone !== "worktree" && place.zone !== "wiki" && place.zone !== "writable")) return undefined;
    return {
      reason: `${quote(act.shown)}: a ${scene.agent.role} reads and writes no files.`,
      remedy: "Put what you found into your answer; a change to files is a ticket for an executor.",
    };
  },
};
