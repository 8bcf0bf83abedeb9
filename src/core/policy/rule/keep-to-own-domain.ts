import { quote, sayWhereToWork } from "./advice.ts";
import type { PathRule } from "./rule.ts";

/** The workspace outside the own domain: its root, the folder of domains, Master OS's own state, other tickets' worktrees. */
export const keepToOwnDomain: PathRule = {
  id: "P3.2",
  guard: "boundary-guard",
  judge(act, { place }, scene) {
    const { zone } = place;
    if (zone === "configuration" && scene.agent.role === "orchestrator" && (act.access === "read" || act.access === "enter"))
      return undefined;
    if (zone !== "workspace" && zone !== "state" && zone !== "configuration" && zone !== "other-worktree") return undefined;
    const what =
      zone === "other-worktree"
        ? "is another ticket's worktree"
        : zone === "state"
          ? "is Master OS's own state"
          : "belongs to the workspace, not to your domain";
    return {
      reason: `${quote(act.shown)} ${what}.`,
      remedy: `${sayWhereToWork(scene)}; your domain's knowledge is in its wiki and its own repositories.`,
    };
  },
};
