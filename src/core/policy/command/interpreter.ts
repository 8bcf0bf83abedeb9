import type { Act } from "../act.ts";
import { startOf } from "./arg.ts";
import { type CommandView, usePath } from "./command-view.ts";
import { scanCode } from "./scan-code.ts";
import { scanWord } from "./scan-word.ts";

const inline = /^(-c|-e|-p|-r|-E|-pe|-ne|-ie|-lane|-ane|--eval|--print|--command|eval)$/;
const preload = /^(-r|--require|--import|--loader|--experimental-loader|--rcfile|--init-file|-W|-m|-M|-I|-B|-R|-E)$/;

/** Interpreters: their script is read, inline code is looked through, and what it all does is not told by the arguments. */
export function readInterpreter(view: CommandView): Act[] {
  const shell = /^(ba|da|z|k|mk|a|fi|rba)?sh$|^source$|^\.$/.test(view.program);
  const asks =
    view.args.length > 0 &&
    view.args.every((arg) => /^(--version|-v|-V|--help|-h|--check|-c)$/.test(arg.value ?? "") && arg.value !== "-c");
  const runs: Act[] = asks ? [] : [{ kind: "program", program: view.program, shown: view.shown }];
  const nested = shell && view.all.some((other) => other.via.at(-1)?.from === view.command.index);
  const inPlace = /^(perl|ruby)$/.test(view.program) && view.args.some((arg) => /^-\w*i/.test(arg.prefix));
  return [
    ...(nested ? [] : runs),
    ...view.args.flatMap((arg, at): Act[] => {
      const before = view.args[at - 1]?.value ?? "";
      // The code itself: seen as code by the shell's reader, looked through again where that did not know the option.
      if (isInline(view, before)) {
        if (shell || arg.value === undefined || view.command.code.some((code) => code.text === arg.value)) return [];
        return scanCode({
          scene: view.scene,
          language: view.program,
          text: arg.value,
          cwd: view.places[0]?.path ?? "/",
          shown: view.shown,
        });
      }
      if (preload.test(before) && !/[/.]/.test(startOf(arg))) return [];
      if (inPlace && !startOf(arg).startsWith("-")) return usePath(view, arg, { access: "write" });
      return scanWord(view, arg, "use");
    }),
  ];
}

function isInline(view: CommandView, option: string): boolean {
  if (option === "-r") return view.program === "php";
  if (option === "-E") return view.program === "perl";
  if (option === "-p" && !/^node(js)?$/.test(view.program)) return false;
  if (/^(perl|ruby)$/.test(view.program)) return /^-[a-zA-Z0-9]*[eE]$/.test(option);
  return inline.test(option);
}
