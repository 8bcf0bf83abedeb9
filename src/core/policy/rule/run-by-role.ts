import { quote } from "./advice.ts";
import { defineRule } from "./rule.ts";

/**
 * P5: a program does what its own files say. Executors, verifiers and chores run such, in the box; others have no need of it.
 * A chore's commands are no model's: they stand in the ticket that the operator released, also where it works as librarian.
 */
export const runByRole = defineRule({
  id: "P5.2",
  guard: "boundary-guard",
  on: "program",
  judge(act, scene) {
    const { role, boxed, client } = scene.agent;
    const runs = role === "executor" || role === "verifier" || client === "playbook";
    if (runs && boxed) return undefined;
    return {
      reason: runs
        ? `${quote(act.shown)}: what ${quote(act.program)} does is not told by its arguments, and this run has no sandbox behind it.`
        : `${quote(act.shown)}: a ${role} runs no programs.`,
      remedy: runs
        ? "Use the mos run tool, which runs commands in the tool box."
        : "Read and search with the tools you have; checks are run by the verifier and the gate.",
    };
  },
});
