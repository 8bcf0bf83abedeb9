import { changes, quote } from "./advice.ts";
import type { PathRule } from "./rule.ts";

/** I5. A librarian writes pages and nothing else. */
export const keepWikiForLibrarian: PathRule = {
  id: "P3.7",
  guard: "boundary-guard",
  judge(act, { place }, scene) {
    if (!changes(act.access)) return undefined;
    const { role } = scene.agent;
    const writesPages = role === "librarian" || role === "operator-global";
    if (place.zone === "wiki" && !writesPages) {
      return {
        reason: `${quote(act.shown)}: wiki pages change only by the librarian's ticket.`,
        remedy: "Leave wiki/ as it is; write what was learned into your report, from where it is distilled.",
      };
    }
    if (place.zone === "worktree" && writesPages) {
      return {
        reason: `${quote(act.shown)}: a ${role} writes wiki pages only.`,
        remedy: "Write below wiki/; name other changes in your report.",
      };
    }
    return undefined;
  },
};
