import type { Act } from "../act.ts";
import type { CommandView } from "./command-view.ts";
import { scanWord } from "./scan-word.ts";

const looks = /^(status|list|show|help|version|--version|--help|-h|-V|ask|check)$/;

/** `mos` itself, and other agent clients: an agent neither steers Master OS from a shell nor starts another agent. */
export function readOwnProgram(view: CommandView): Act[] {
  const words = view.args.map((arg) => arg.value ?? arg.prefix);
  const paths = view.args.flatMap((arg) => scanWord(view, arg, "use"));
  const own = /^(mos|master-?os|mos-hook|mosd|masterosd)$/.test(view.program);
  const names = words.filter((word) => !word.startsWith("-"));
  const asks =
    names.length === 0 ? words.some((word) => looks.test(word)) : own && (looks.test(names[0] as string) || looks.test(names[1] ?? ""));
  if (asks && !words.some((word) => /^--(domain|workspace)/.test(word))) return paths;
  return [...paths, { kind: "deed", deed: own ? "own-program" : "client", shown: view.shown }];
}
