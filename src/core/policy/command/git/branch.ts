import type { Act } from "../../act.ts";
import { type Arg, startOf } from "../arg.ts";
import { usePath } from "../command-view.ts";
import { hasOption, type OptionValues, readOptions } from "../read-options.ts";
import { type GitView, isPathWord, repositoryActs, toRefAct } from "./git-view.ts";

const branchValues: OptionValues = {
  "-u": "data",
  "--set-upstream-to": "data",
  "--contains": "data",
  "--no-contains": "data",
  "--merged": "data",
  "--no-merged": "data",
  "--points-at": "data",
  "--format": "data",
  "--sort": "data",
  "--color": "data",
  "--column": "data",
  "--abbrev": "data",
};

export function readBranch(view: GitView): Act[] {
  const read = readOptions(view.args, branchValues);
  const has = (...names: string[]) => hasOption(read, ...names);
  const upstream = read.options.find(({ name }) => name === "-u" || name === "--set-upstream-to")?.value;
  if (upstream) return [{ kind: "git-setting", key: "branch.*.merge", value: startOf(upstream), scope: "repository", shown: view.shown }];
  if (has("--unset-upstream", "--edit-description")) return [];
  if (has("-d", "-D", "--delete")) return read.positionals.map((arg) => toRefAct(arg, view, "delete"));
  if (has("-m", "-M", "--move"))
    return read.positionals.length === 1
      ? [toRefAct(read.positionals[0] as Arg, view, "move")]
      : read.positionals.map((arg) => toRefAct(arg, view, "move"));
  if (has("-c", "-C", "--copy"))
    return read.positionals.slice(-1).map((arg) => toRefAct(arg, view, has("-C", "-f", "--force") ? "move" : "new"));
  const lists =
    has(
      "-l",
      "--list",
      "--contains",
      "--no-contains",
      "--merged",
      "--no-merged",
      "--points-at",
      "--show-current",
      "-a",
      "--all",
      "-r",
      "--remotes",
      "-v",
      "-vv",
    ) && !has("-f", "--force");
  if (lists || read.positionals.length === 0) return [];
  return [toRefAct(read.positionals[0] as Arg, view, has("-f", "--force") ? "move" : "new")];
}

const checkoutValues: OptionValues = {
  "-b": "data",
  "-B": "data",
  "--orphan": "data",
  "--conflict": "data",
  "--pathspec-from-file": "read",
};

/** A branch is checked out, made, reset; or files are taken from a revision. */
export function readCheckout(view: GitView): Act[] {
  const read = readOptions(view.args, checkoutValues);
  const made = read.options.find(({ name, value }) => /^(-b|--orphan)$/.test(name) && value)?.value;
  const reset = read.options.find(({ name, value }) => name === "-B" && value)?.value;
  const detached = hasOption(read, "--detach", "-d");
  const [first] = read.positionals;
  const files = read.endAt !== undefined || read.positionals.length > 1 || hasOption(read, "--pathspec-from-file", "-p", "--patch");
  const branch =
    first !== undefined && !detached && !files && made === undefined && reset === undefined && (read.endAt === undefined || read.endAt > 0);
  return [
    ...repositoryActs(view),
    ...(made ? [toRefAct(made, view, "new")] : []),
    ...(reset ? [toRefAct(reset, view, "move")] : []),
    ...(branch && first && !isRevision(startOf(first)) ? [toRefAct(first, view, "checkout")] : []),
    ...(hasOption(read, "--ignore-other-worktrees") && !branch
      ? [{ kind: "ref", ref: undefined, where: "here", change: "checkout", shown: view.shown } as const]
      : []),
    ...read.positionals.filter((arg, at) => isPathWord(arg, at, read)).flatMap((arg) => usePath(view, arg, { access: "write" })),
  ];
}

const switchValues: OptionValues = {
  "-c": "data",
  "--create": "data",
  "-C": "data",
  "--force-create": "data",
  "--orphan": "data",
  "--conflict": "data",
};

export function readSwitch(view: GitView): Act[] {
  const read = readOptions(view.args, switchValues);
  const made = read.options.find(({ name, value }) => /^(-c|--create|--orphan)$/.test(name) && value)?.value;
  const reset = read.options.find(({ name, value }) => /^(-C|--force-create)$/.test(name) && value)?.value;
  const [first] = read.positionals;
  const branch = first !== undefined && made === undefined && reset === undefined && !hasOption(read, "--detach", "-d");
  return [
    ...repositoryActs(view),
    ...(made ? [toRefAct(made, view, "new")] : []),
    ...(reset ? [toRefAct(reset, view, "move")] : []),
    ...(branch && first && !isRevision(startOf(first)) ? [toRefAct(first, view, "checkout")] : []),
  ];
}

/** A commit, a remote's branch or a path: the head is detached, no branch is worked on. */
function isRevision(word: string): boolean {
  return /^(origin\/|refs\/remotes\/|HEAD|@|-$|[0-9a-f]{7,40}$|\.|\/|~)/.test(word) || /[~^]|@\{/.test(word);
}

/** Tags are read by releases: listing is free, the rest is not the ticket's. */
export function readTag(view: GitView): Act[] {
  const read = readOptions(view.args, {
    "-m": "data",
    "-F": "read",
    "-u": "data",
    "--contains": "data",
    "--points-at": "data",
    "--sort": "data",
    "--format": "data",
    "-n": "data",
    "--merged": "data",
    "--no-merged": "data",
  });
  const lists =
    hasOption(read, "-l", "--list", "--contains", "--points-at", "--sort", "--merged", "--no-merged", "-n", "-v", "--verify") ||
    read.positionals.length === 0;
  if (lists) return [];
  const change = hasOption(read, "-d", "--delete") ? "delete" : hasOption(read, "-f", "--force") ? "move" : "new";
  return [{ kind: "ref", ref: `refs/tags/${startOf(read.positionals[0] as Arg)}`, where: "here", change, shown: view.shown }];
}

export function readWorktree(view: GitView): Act[] {
  const [verb, ...words] = view.args.filter((arg) => !startOf(arg).startsWith("-"));
  if (verb?.value === "list") return [];
  return [
    { kind: "deed", deed: "remove-worktree", shown: view.shown },
    ...words.slice(0, 1).flatMap((arg) => usePath(view, arg, { access: "write" })),
  ];
}

export function readSymbolicRef(view: GitView): Act[] {
  const read = readOptions(view.args, { "-m": "data" });
  const changes = read.positionals.length > 1 || hasOption(read, "-d", "--delete");
  return changes ? [{ kind: "deed", deed: "rewrite-refs", shown: view.shown }] : [];
}
