import type { Act } from "../act.ts";
import type { Scene } from "../scene.ts";
import { readShell } from "../shell/read-shell.ts";
import { readCommandActs } from "./read-command-acts.ts";

const bytesMax = 64 * 1024;
/** Stands for the real one, so that `PATH=/tmp/x:$PATH` is known to its first entry. */
const usualPath = "/usr/local/bin:/usr/bin:/bin";
const commandsMax = 2000;

/** What a shell text would do, command by command. What cannot be read is malformed, and refused. */
export function readShellText(args: { scene: Scene; text: string; cwd: string }): Act[] {
  const { scene, text, cwd } = args;
  if (text.length > bytesMax) return [{ kind: "malformed", fault: "size", what: `a command of more than ${bytesMax / 1024} KB` }];
  const reading = readShell(text, { cwd, env: { HOME: scene.policy.home, PWD: cwd, PATH: usualPath, IFS: " \t\n" } });
  if (reading.kind === "unreadable") return [{ kind: "malformed", fault: "syntax", what: reading.reason }];
  if (reading.commands.length > commandsMax) return [{ kind: "malformed", fault: "size", what: `more than ${commandsMax} commands` }];
  return dropMade(reading.commands.flatMap((command) => readCommandActs({ scene, command, all: reading.commands })));
}

/** A folder that the same text makes can be entered afterwards: the place without it need not be judged. */
function dropMade(acts: readonly Act[]): Act[] {
  const made = new Set<string>();
  return acts.flatMap((act): Act[] => {
    if (act.kind === "path" && act.access === "write" && act.shown !== "") made.add(act.path);
    const unless = act.kind === "path" || act.kind === "repository" ? act.unless : undefined;
    if (unless === undefined || unless.length === 0) return [act];
    const open = unless.filter((folder) => !made.has(folder));
    return open.length === 0 ? [] : [{ ...act, unless: open } as Act];
  });
}
