import type { Act } from "../../act.ts";
import { type Arg, startOf } from "../arg.ts";
import { usePath } from "../command-view.ts";
import { hasOption, type OptionValues, optionValue, readOptions } from "../read-options.ts";
import type { GitView } from "./git-view.ts";

const values: OptionValues = {
  "-f": "data",
  "--file": "data",
  "--blob": "data",
  "--type": "data",
  "--default": "data",
  "-t": "data",
  "--comment": "data",
  "--value": "data",
  "--url": "data",
};

/** `key=value`, as in `-c`. */
export function readGitSettingWord(arg: Arg, scope: "call" | "repository" | "user", shown: string): Act[] {
  const text = startOf(arg);
  const sign = text.indexOf("=");
  const key = sign < 0 ? text : text.slice(0, sign);
  const value = arg.value === undefined ? undefined : sign < 0 ? "true" : text.slice(sign + 1);
  return [{ kind: "git-setting", key: key || "?", value, scope, shown }];
}

/** `git config`: reading is free. */
export function readConfig(view: GitView): Act[] {
  const read = readOptions(view.args, values);
  const words = read.positionals.map((arg) => startOf(arg));
  const file = optionValue(read, "-f", "--file");
  const verb = /^(get|list|set|unset|rename-section|remove-section|edit|get-color|get-colorbool)$/.test(words[0] ?? "")
    ? words[0]
    : undefined;
  const rest = verb === undefined ? read.positionals : read.positionals.slice(1);
  const asks =
    verb === "list" ||
    verb?.startsWith("get") ||
    hasOption(read, "--get", "--get-all", "--get-regexp", "--get-urlmatch", "--get-color", "--get-colorbool", "-l", "--list");
  const changes =
    verb === "set" ||
    verb === "unset" ||
    verb === "edit" ||
    verb?.endsWith("-section") ||
    hasOption(read, "--add", "--unset", "--unset-all", "--replace-all", "--rename-section", "--remove-section", "-e", "--edit");
  const fileActs = file === undefined ? [] : usePath(view, file, { access: asks || (!changes && rest.length < 2) ? "read" : "write" });
  if (asks || (!changes && rest.length < 2)) return fileActs;
  const scope = hasOption(read, "--global", "--system") ? "user" : "repository";
  const key = rest[0] === undefined ? "?" : startOf(rest[0]);
  return [
    ...fileActs,
    { kind: "git-setting", key, value: rest[1]?.value, scope: hasOption(read, "--worktree") ? "user" : scope, shown: view.shown },
  ];
}
