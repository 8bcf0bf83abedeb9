import type { Act } from "../act.ts";
import { plainArg } from "./arg.ts";
import { type CommandView, usePath } from "./command-view.ts";
import { hasOption, type OptionValues, readOptions, useOptions } from "./read-options.ts";

const grepValues: OptionValues = {
  ...{
    "-e": "data",
    "--regexp": "data",
    "-f": "read",
    "--file": "read",
    "-m": "data",
    "--max-count": "data",
    "-A": "data",
    "-B": "data",
    "-C": "data",
  },
  ...{
    "--include": "data",
    "--exclude": "data",
    "--exclude-dir": "data",
    "--exclude-from": "read",
    "--label": "data",
    "-d": "data",
    "-D": "data",
    "--color": "data",
  },
};
const rgValues: OptionValues = {
  ...grepValues,
  ...{
    "-g": "data",
    "--glob": "data",
    "--iglob": "data",
    "-t": "data",
    "--type": "data",
    "-T": "data",
    "--type-not": "data",
    "--type-add": "data",
  },
  ...{
    "-j": "data",
    "-M": "data",
    "-r": "data",
    "--replace": "data",
    "--sort": "data",
    "--sortr": "data",
    "--ignore-file": "read",
    "--pre": "use",
    "-E": "data",
  },
  ...{ "-d": "data", "--max-depth": "data", "--context": "data", "--max-columns": "data", "--colors": "data", "--engine": "data" },
};
const fdValues: OptionValues = {
  ...{
    "-e": "data",
    "--extension": "data",
    "-t": "data",
    "--type": "data",
    "-E": "data",
    "--exclude": "data",
    "-d": "data",
    "--max-depth": "data",
  },
  ...{
    "-x": "data",
    "--exec": "data",
    "-X": "data",
    "--exec-batch": "data",
    "--base-directory": "read",
    "--search-path": "read",
    "-S": "data",
    "-C": "read",
  },
};

/** A search: its first word is a pattern, unless an option gave one; the rest is read, with all below where it recurses. */
export function readSearch(view: CommandView): Act[] {
  const { program } = view;
  if (/locate$/.test(program)) return usePath(view, plainArg("/"), { access: "read", deep: true });
  const walks = /^(rg|ag|ack|ack-grep|ugrep|fd|fdfind|rgrep)$/.test(program);
  const values = program.startsWith("fd") ? fdValues : walks && program !== "rgrep" ? rgValues : grepValues;
  const read = readOptions(view.args, values);
  const deep =
    walks || hasOption(read, "-r", "-R", "--recursive", "--dereference-recursive") || read.options.some((option) => option.name === "-d");
  const given = hasOption(read, "-e", "--regexp", "-f", "--file") && !program.startsWith("fd");
  const listsOnly = hasOption(read, "--files", "--type-list");
  const places = read.positionals.slice(given || listsOnly ? 0 : 1);
  const searched = places.length === 0 && deep && view.command.input === undefined ? [plainArg(".")] : places;
  return [...useOptions(view, read, values), ...searched.flatMap((arg) => usePath(view, arg, { access: "read", deep }))];
}
