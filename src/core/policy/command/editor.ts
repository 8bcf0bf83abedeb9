import type { Act } from "../act.ts";
import { type CommandView, usePath } from "./command-view.ts";
import { scanCode } from "./scan-code.ts";

/** Editors write what they open; `+r FILE` and `-c 'r FILE'` are commands of their own language. */
export function readEditor(view: CommandView): Act[] {
  return view.args.flatMap((arg, at) => {
    const before = view.args[at - 1]?.value ?? "";
    const isCommand = arg.prefix.startsWith("+") || before === "-c" || before === "--cmd" || before === "--eval";
    if (isCommand) {
      const text = (arg.value ?? `${arg.prefix} ${arg.suffix}`).replace(/^\+/, "");
      return scanCode({ scene: view.scene, language: "vim", text, cwd: view.places[0]?.path ?? "/", shown: view.shown });
    }
    if (arg.prefix.startsWith("-") && arg.value !== "-") return [];
    return usePath(view, arg, { access: "write" });
  });
}
