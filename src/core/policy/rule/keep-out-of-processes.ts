import { quote } from "./advice.ts";
import type { PathRule } from "./rule.ts";

/** P4: /proc shows every file system, folder and descriptor of every process under other names. */
export const keepOutOfProcesses: PathRule = {
  id: "P4.1",
  guard: "boundary-guard",
  judge(act, { place }) {
    if (place.zone !== "process") return undefined;
    return {
      reason: `${quote(act.shown)} goes through /proc (or /dev/fd) to what belongs to a process.`,
      remedy: "Name the file itself, inside your worktree; of /proc only figures such as /proc/cpuinfo and /proc/meminfo are for agents.",
    };
  },
};
