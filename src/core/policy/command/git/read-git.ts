import type { Act } from "../../act.ts";
import { type Arg, plainArg, startOf } from "../arg.ts";
import { type CommandView, unclear, usePath } from "../command-view.ts";
import { readGitSettingWord } from "./config.ts";
import { type GitView, repositoryActs } from "./git-view.ts";
import { gitVerbs } from "./verb-table.ts";

/** git's own options that stand before the verb and take a value. */
const globals = new Set([
  "-C",
  "-c",
  "--git-dir",
  "--work-tree",
  "--namespace",
  "--exec-path",
  "--config-env",
  "--super-prefix",
  "--attr-source",
  "--list-cmds",
]);

/** A git command: its own options first, then what its verb moves, changes, reads or runs. */
export function readGit(view: CommandView): Act[] {
  const acts: Act[] = [];
  let at = 0;
  for (; at < view.args.length; at += 1) {
    const arg = view.args[at] as Arg;
    const start = startOf(arg);
    if (!start.startsWith("-")) break;
    const [name, glued] = splitOption(start);
    const value =
      glued === undefined
        ? globals.has(name)
          ? view.args[at + 1]
          : undefined
        : { ...plainArg(glued), text: arg.text, value: arg.value === undefined ? undefined : glued };
    if (glued === undefined && value !== undefined) at += 1;
    // Where -C leads stands in the places already: the shell's reader follows it.
    if (name !== "-C") acts.push(...readGlobal(view, name, value));
  }
  const verb = view.args[at];
  if (verb === undefined) return acts;
  if (verb.value === undefined)
    return [
      ...acts,
      unclear(view, "the git command is not known"),
      { kind: "ref", ref: undefined, where: "here", change: "move", shown: view.shown },
    ];
  const read = gitVerbs.get(verb.value);
  const git: GitView = { ...view, verb: verb.value, args: view.args.slice(at + 1) };
  // A verb that nobody knows is an alias or a program named git-…: what it runs is not told here.
  if (read === undefined)
    return [
      ...acts,
      { kind: "program", program: `git ${verb.value}`, shown: view.shown },
      unclear(view, `git ${verb.value} is not known`),
      ...repositoryActs(git),
    ];
  return [...acts, ...read(git)];
}

function splitOption(start: string): [string, string | undefined] {
  const sign = start.indexOf("=");
  if (start.startsWith("--")) return sign < 0 ? [start, undefined] : [start.slice(0, sign), start.slice(sign + 1)];
  if (/^-[cC]./.test(start)) return [start.slice(0, 2), start.slice(2)];
  return [start, undefined];
}

function readGlobal(view: CommandView, name: string, value: Arg | undefined): Act[] {
  if (name === "-c") return value === undefined ? [] : readGitSettingWord(value, "call", view.shown);
  if (name === "--config-env")
    return value === undefined
      ? []
      : [{ kind: "git-setting", key: startOf(value).split("=")[0] || "?", value: undefined, scope: "call", shown: view.shown }];
  if (name === "--exec-path" && value !== undefined)
    return [{ kind: "git-setting", key: "--exec-path", value: value.value, scope: "call", shown: view.shown }];
  if (name === "--git-dir" && value)
    return isOwnGit(value)
      ? []
      : [
          ...usePath(view, value, { access: "write" }),
          { kind: "git-setting", key: name, value: value.value, scope: "call", shown: view.shown },
        ];
  if (name === "--work-tree" && value) return usePath(view, value, { access: "write" });
  if (name === "--namespace") return [{ kind: "git-setting", key: name, value: value?.value, scope: "call", shown: view.shown }];
  return [];
}

function isOwnGit(value: Arg): boolean {
  return value.value === ".git" || value.value === "./.git";
}
