import type { Act } from "../act.ts";
import type { CommandView } from "./command-view.ts";
import { scanWord } from "./scan-word.ts";

/** Compilers, test runners, linters: they do what the repository's files say. Every path they are given is used. */
export function readBuildTool(view: CommandView): Act[] {
  const asks = view.args.length > 0 && view.args.every((arg) => /^(--version|-v|-V|--help|-h|version|help)$/.test(arg.value ?? ""));
  const runs: Act[] = asks ? [] : [{ kind: "program", program: view.program, shown: view.shown }];
  return [...runs, ...view.args.flatMap((arg) => scanWord(view, arg, "use"))];
}
