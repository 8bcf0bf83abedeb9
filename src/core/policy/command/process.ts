import type { Act } from "../act.ts";
import type { CommandView } from "./command-view.ts";
import { scanWord } from "./scan-word.ts";

const services =
  /^(systemctl|service|launchctl|crontab|at|batch|systemd-run|loginctl|initctl|telinit|init|rc-service|supervisorctl|pm2|monit|anacron|shutdown|reboot|halt|poweroff)$/;

const ownJob = /^(%[\w+-]*|\$!|\$\{!\})$/;

/** Signals and services. A job of this very shell (`%1`, `$!`) is the agent's own. */
export function readProcess(view: CommandView): Act[] {
  const paths = view.args.flatMap((arg) => scanWord(view, arg, "use"));
  if (services.test(view.program)) return [...paths, { kind: "deed", deed: "service", shown: view.shown }];
  if (view.program === "kill" && isOwnJob(view)) return paths;
  if (view.program === "fuser" && !view.args.some((arg) => /^-\w*k|^--kill/.test(arg.prefix))) return paths;
  return [...paths, { kind: "deed", deed: "signal", shown: view.shown }];
}

function isOwnJob(view: CommandView): boolean {
  const words = view.args.map((arg) => arg.value ?? arg.text.replaceAll('"', ""));
  if (words.some((word) => word === "-l" || word === "-L" || word === "--list")) return true;
  const targets = words.filter((word, at) => !(word.startsWith("-") && at === 0) && !(at > 0 && /^-(s|n)$/.test(words[at - 1] as string)));
  return targets.length > 0 && targets.every((word) => ownJob.test(word) || isJobVariable(view, word));
}

/** `PID=$!` earlier in the same text, `$PID` now. */
function isJobVariable(view: CommandView, word: string): boolean {
  const name = /^\$\{?(\w+)\}?$/.exec(word)?.[1];
  if (name === undefined) return false;
  const values = view.all.flatMap((other) =>
    other.assignments.filter((assignment) => assignment.name === name).map(({ value }) => value.text),
  );
  return values.length > 0 && values.every((value) => ownJob.test(value.replaceAll('"', "")));
}
