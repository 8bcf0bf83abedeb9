import type { Act } from "../act.ts";
import { startOf } from "./arg.ts";
import { type CommandView, unclear, usePath } from "./command-view.ts";
import { type OptionValues, readOptions } from "./read-options.ts";
import { scanWord } from "./scan-word.ts";

const xargsValues: OptionValues = {
  "-a": "read",
  "--arg-file": "read",
  "-I": "data",
  "-n": "data",
  "-P": "data",
  "-d": "data",
  "-L": "data",
  "-s": "data",
  "-E": "data",
};

/** Programs that run another one, which stands in the list after them. What is theirs alone: a lock file, a list, a folder. */
export function readWrapper(view: CommandView): Act[] {
  const { program, args } = view;
  const nested = view.all.some((other) => other.via.at(-1)?.from === view.command.index);
  const own: Act[] = nested ? [] : args.flatMap((arg) => scanWord(view, arg, "use"));
  if (program === "flock")
    return [
      ...own,
      ...args
        .filter((arg) => !startOf(arg).startsWith("-"))
        .slice(0, 1)
        .flatMap((arg) => usePath(view, arg, { access: "write" })),
    ];
  if (program === "xargs" || program === "parallel") {
    const read = readOptions(args, xargsValues);
    const list = read.options.find(({ name }) => name === "-a" || name === "--arg-file")?.value;
    return [...(list ? usePath(view, list, { access: "read" }) : []), unclear(view, "arguments come from its input"), ...own];
  }
  if (program === "env") {
    const read = readOptions(args, { "-C": "enter", "--chdir": "enter", "-u": "data", "-S": "data" });
    const folder = read.options.find(({ name }) => name === "-C" || name === "--chdir")?.value;
    return folder ? usePath(view, folder, { access: "enter" }) : [];
  }
  return own;
}
