import { changes, quote } from "./advice.ts";
import type { PathRule } from "./rule.ts";

/** A line in a client's settings, a shell's start file or `.git` switches guards off without a word. */
export const keepClientSettings: PathRule = {
  id: "P3.51",
  guard: "hook-tamper-guard",
  judge(act, { place }) {
    if (place.zone === "protected") {
      return {
        reason: `${quote(act.shown)} is a settings or start file of the operator's account.`,
        remedy: "Leave it alone; keep the settings that your work needs in files of the repository.",
      };
    }
    if (place.zone !== "guarded" || act.access === "read" || act.access === "enter") return undefined;
    const what = /^\.git$/i.test(place.name) ? "git's own folder" : "settings of agent clients and hooks";
    if (!changes(act.access) && act.access !== "use" && act.access !== "link") return undefined;
    return {
      reason: `${quote(act.shown)}: ${place.name} is ${what}, read-only for agents.`,
      remedy: /^\.git$/i.test(place.name)
        ? "Use git's ordinary commands (add, commit, restore) on your own branch."
        : "Leave it; if the repository needs another setting there, describe it in your report for the operator.",
    };
  },
};
