import type { Act } from "../act.ts";
import { parentOf } from "../path/paths.ts";
import { type Arg, plainArg } from "./arg.ts";
import { type CommandView, usePath } from "./command-view.ts";
import { hasOption, type OptionValues, optionValue, readOptions } from "./read-options.ts";

const values: OptionValues = { "-t": "write", "--target-directory": "write", "-S": "data", "--suffix": "data" };

/** A link makes another name for its target: the target is judged as if it were used, from where the link will stand. */
export function readLink(view: CommandView): Act[] {
  const read = readOptions(view.args, values);
  const soft = hasOption(read, "-s", "--symbolic") || view.program === "symlink";
  const folder = optionValue(read, "-t", "--target-directory");
  const alone = folder !== undefined || read.positionals.length === 1;
  const targets = alone ? read.positionals : read.positionals.slice(0, -1);
  const name = folder ?? (alone ? plainArg(".") : read.positionals.at(-1));
  // `ln` by itself says how it is used.
  if (name === undefined) return [];
  const from = soft && !hasOption(read, "-r", "--relative") ? folderOfLink(name, folder !== undefined || alone) : undefined;
  return [
    ...targets.flatMap((target) => usePath(view, from === undefined ? target : inFolder(from, target), { access: "link" })),
    ...usePath(view, name, { access: "write" }),
  ];
}

/** A soft link's relative target counts from the folder of the link. */
function folderOfLink(name: Arg, isFolder: boolean): string {
  const text = name.value ?? name.prefix;
  if (isFolder || text.endsWith("/")) return text;
  if (!text.includes("/")) return ".";
  return text.lastIndexOf("/") === 0 ? "/" : parentOf(text);
}

function inFolder(folder: string, target: Arg): Arg {
  const text = target.value;
  if (text === undefined || /^[/~]/.test(text) || folder === ".") return target;
  return { ...plainArg(`${folder.replace(/\/$/, "")}/${text}`), text: target.text };
}
