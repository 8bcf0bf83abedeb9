import { normalisePath } from "../path/paths.ts";
import { findPlace } from "../path/place.ts";
import { mayWrite } from "../scene.ts";
import { quote, sayWhereToWork } from "./advice.ts";
import { defineRule } from "./rule.ts";

/** git walks up to the next repository: a folder without `.git` of its own means the one around it. */
export const keepRepositories = defineRule({
  id: "P3.32",
  guard: "pre-merge-gate",
  on: "repository",
  judge(act, scene) {
    if (act.unless?.length && act.unless.every((folder) => scene.facts.get(folder)?.kind === "folder")) return undefined;
    const fact = scene.facts.get(act.folder);
    const { zone } = findPlace(scene, normalisePath(fact?.path ?? act.folder));
    if (zone === "writable") return undefined;
    if ((zone === "worktree" || zone === "wiki") && mayWrite(scene)) return undefined;
    return {
      reason: `${quote(act.shown)} would change a repository from ${quote(act.folder)}, which is not this ticket's worktree.`,
      remedy: mayWrite(scene)
        ? `${sayWhereToWork(scene)} and run git there.`
        : `A ${scene.agent.role} reads only: git log, git show, git diff.`,
    };
  },
});
