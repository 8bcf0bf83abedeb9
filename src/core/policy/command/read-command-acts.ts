import type { Act } from "../act.ts";
import type { Scene } from "../scene.ts";
import type { ShellCommand } from "../shell/shell-reading.ts";
import { toArg } from "./arg.ts";
import { type CommandView, unclear, usePath } from "./command-view.ts";
import { readProgram } from "./program-table.ts";
import { scanCode } from "./scan-code.ts";

/** What one simple command would do: its redirects, its variables, the folder it runs in, its code, and itself. */
export function readCommandActs(args: { scene: Scene; command: ShellCommand; all: readonly ShellCommand[] }): Act[] {
  const { scene, command, all } = args;
  const words = command.argv.slice(1).map(toArg);
  const view: CommandView = {
    scene,
    command,
    all,
    program: command.program ?? "",
    args: words,
    places: command.places,
    shown: command.text,
  };
  return [
    ...readRedirects(view),
    ...readVariables(view),
    ...command.opaque.map((why) => unclear(view, why)),
    ...readCode(view),
    ...(command.argv.length === 0 ? [] : [...readPlaces(view), ...(isOwnFunction(view) ? [] : readProgram(view))]),
  ];
}

/** Its body stands in the list. One that is called as git is read as git too: it may well hand its arguments on. */
function isOwnFunction({ command, all }: CommandView): boolean {
  return command.isFunction && command.program !== "git" && all.some((other) => other.via.at(-1)?.from === command.index);
}

function readRedirects(view: CommandView): Act[] {
  return view.command.redirects.flatMap((redirect): Act[] => {
    if (redirect.access === "duplicate") return [];
    const target = toArg(redirect.target);
    const net = /^\/dev\/(?:tcp|udp)\/([^/]*)\/?(.*)$/.exec(target.value ?? target.prefix);
    if (net) return [{ kind: "address", url: `http://${net[1] || "localhost"}`, sends: true, shown: target.text }];
    const reads = redirect.access === "read" ? [] : usePath(view, target, { access: "write" });
    return redirect.access === "write" ? reads : [...reads, ...usePath(view, target, { access: "read" })];
  });
}

function readVariables(view: CommandView): Act[] {
  const { command } = view;
  const seen = new Set<string>();
  return [...command.assignments, ...command.environment].flatMap((assignment): Act[] => {
    const key = `${assignment.name}=${assignment.value.text}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const value = toArg(assignment.value);
    const program = command.argv.length === 0 ? undefined : command.program;
    const folder = command.places[0]?.path ?? "/";
    return [{ kind: "variable", name: assignment.name, value: value.value, program, folder, shown: key.slice(0, 120) }];
  });
}

function readCode(view: CommandView): Act[] {
  return view.command.code.flatMap((code) =>
    code.text === undefined
      ? [unclear(view, `its ${code.language} program is not known`)]
      : scanCode({ scene: view.scene, language: code.language, text: code.text, cwd: view.places[0]?.path ?? "/", shown: view.shown }),
  );
}

/** The folder itself is judged: what a program does there is not told by its arguments. */
function readPlaces(view: CommandView): Act[] {
  return view.places.flatMap((place): Act[] =>
    place.path === undefined
      ? [unclear(view, "its folder is not known")]
      : [
          {
            kind: "path",
            path: place.path,
            access: "enter",
            deep: false,
            shown: place.path,
            ...(place.lacks.length > 0 ? { unless: place.lacks } : {}),
          },
        ],
  );
}
