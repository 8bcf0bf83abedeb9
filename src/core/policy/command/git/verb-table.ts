import type { Act, Deed } from "../../act.ts";
import { type Arg, plainArg, startOf } from "../arg.ts";
import { usePath } from "../command-view.ts";
import { hasOption, type OptionValues, type ReadArgs, readOptions, useOptions } from "../read-options.ts";
import { readBranch, readCheckout, readSwitch, readSymbolicRef, readTag, readWorktree } from "./branch.ts";
import { readConfig } from "./config.ts";
import { type GitView, isPathWord, remoteTarget, repositoryActs, skipsHooks, toRefAct } from "./git-view.ts";
import { readClone, readFetch, readPull, readPush, readRemote } from "./transfer.ts";

type ReadVerb = (view: GitView) => Act[];

const deed =
  (name: Deed): ReadVerb =>
  (view) => [{ kind: "deed", deed: name, shown: view.shown }];

/** git's verbs, by what they do to refs, the tree and the repository. */
export const gitVerbs: ReadonlyMap<string, ReadVerb> = new Map([
  ...row(
    readLooking,
    "status log show blame annotate grep ls-files ls-tree rev-parse rev-list cat-file describe shortlog name-rev merge-base",
  ),
  ...row(
    readLooking,
    "for-each-ref show-ref count-objects check-ignore check-attr check-ref-format check-mailmap var version help whatchanged range-diff",
  ),
  ...row(
    readLooking,
    "cherry diff-tree diff-index diff-files diff merge-tree fsck verify-commit verify-tag verify-pack show-branch show-index",
  ),
  ...row(
    readLooking,
    "hash-object mktree write-tree commit-tree patch-id stripspace column interpret-trailers fmt-merge-msg get-tar-commit-id",
  ),
  ...row(readLooking, "archive format-patch bugreport diagnose merge-file ls-remote rerere request-pull difftool"),
  ...row(
    readChanging,
    "add stage rm mv commit merge cherry-pick revert reset restore clean apply am notes bisect mergetool read-tree checkout-index",
  ),
  ...row(readChanging, "update-index commit-graph sparse-checkout merge-index merge-one-file unpack-file"),
  ...row(readStash, "stash"),
  ...row(readRebase, "rebase"),
  ...row(readPush, "push"),
  ...row(readFetch, "fetch"),
  ...row(readPull, "pull"),
  ...row(readClone, "clone init init-db"),
  ...row(readRemote, "remote"),
  ...row(readBranch, "branch"),
  ...row(readCheckout, "checkout"),
  ...row(readSwitch, "switch"),
  ...row(readTag, "tag"),
  ...row(readWorktree, "worktree"),
  ...row(readSymbolicRef, "symbolic-ref"),
  ...row(readReflog, "reflog"),
  ...row(readConfig, "config"),
  ...row(readBundle, "bundle"),
  ...row(
    deed("rewrite-refs"),
    "update-ref fast-import replace send-pack receive-pack http-push upload-pack upload-archive http-backend shell daemon",
  ),
  ...row(
    deed("rewrite-refs"),
    "filter-branch filter-repo pack-refs refs svn p4 cvsimport fast-export-import index-pack unpack-objects http-fetch fetch-pack",
  ),
  ...row(deed("lose-history"), "gc prune prune-packed repack maintenance multi-pack-index pack-redundant"),
  ...row(readSubmodule, "submodule subtree lfs annex"),
  ...row(deed("publish"), "send-email imap-send instaweb gui citool"),
  ...row(deed("user-settings"), "credential credential-store credential-cache hook"),
  ...row(() => [], "--version --help -v -h --exec-path --html-path --man-path"),
]);

function row(reader: ReadVerb, names: string): [string, ReadVerb][] {
  return names.split(" ").map((name) => [name, reader]);
}

const lookValues: OptionValues = {
  ...{
    "-o": "write",
    "--output": "write",
    "--output-directory": "write",
    "--remote": "use",
    "--exec": "use",
    "-S": "data",
    "-G": "data",
    "--grep": "data",
    "--author": "data",
  },
  ...{
    "--since": "data",
    "--until": "data",
    "--format": "data",
    "--pretty": "data",
    "-n": "data",
    "-L": "data",
    "-e": "data",
    "-f": "read",
    "--contents": "read",
    "--ignore-revs-file": "read",
  },
  ...{
    "--add-file": "read",
    "--path-format": "data",
    "--git-path": "data",
    "--prefix": "data",
    "--committer": "data",
    "-O": "data",
    "-l": "data",
    "--upload-pack": "use",
    "--open-files-in-pager": "use",
  },
};

/** Verbs that only look. Their words are revisions and paths of the repository; some options write or reach elsewhere. */
function readLooking(view: GitView): Act[] {
  const read = readOptions(view.args, lookValues);
  const apart = view.verb === "diff" && hasOption(read, "--no-index");
  const pager = read.options.some(({ name }) => /^(--open-files-in-pager|-O)$/.test(name)) && view.verb === "grep";
  const writesObject = (view.verb === "hash-object" && hasOption(read, "-w")) || /^(mktree|write-tree|commit-tree)$/.test(view.verb);
  return [
    ...useOptions(view, read, lookValues).filter((act) => act.kind !== "address"),
    ...remoteActs(view, read),
    ...(pager ? [{ kind: "git-setting", key: "core.pager", value: undefined, scope: "call", shown: view.shown } as const] : []),
    ...(view.verb === "difftool" ? [{ kind: "program", program: `git ${view.verb}`, shown: view.shown } as const] : []),
    ...(writesObject ? repositoryActs(view) : []),
    ...read.positionals
      .filter((arg, at) => apart || isPathWord(arg, at, read))
      .flatMap((arg) => usePath(view, arg, { access: "read", deep: true })),
    ...(hasOption(read, "--no-index") && read.positionals.length < 2 && view.verb === "grep"
      ? usePath(view, plainArg("."), { access: "read", deep: true })
      : []),
  ];
}

function remoteActs(view: GitView, read: ReadArgs): Act[] {
  if (view.verb === "ls-remote") return read.positionals.slice(0, 1).flatMap((arg) => remoteTarget(view, arg));
  if (view.verb !== "archive") return [];
  return read.options.filter(({ name, value }) => name === "--remote" && value).flatMap(({ value }) => remoteTarget(view, value as Arg));
}

const changeValues: OptionValues = {
  ...{
    "-m": "data",
    "--message": "data",
    "-F": "read",
    "--file": "read",
    "-C": "data",
    "-c": "data",
    "--author": "data",
    "--date": "data",
    "-t": "read",
    "--template": "read",
  },
  ...{
    "--fixup": "data",
    "--squash": "data",
    "-s": "data",
    "--source": "data",
    "-X": "data",
    "--strategy-option": "data",
    "--strategy": "data",
    "--pathspec-from-file": "read",
  },
  ...{
    "--directory": "write",
    "-p": "data",
    "--trailer": "data",
    "--cleanup": "data",
    "-e": "data",
    "--exclude": "data",
    "--index-info": "data",
    "--cacheinfo": "data",
    "--index-output": "write",
  },
};
/** Per verb: which of the letters above take no value there. */
const flagsOf: Readonly<Record<string, readonly string[]>> = {
  commit: ["-s", "-p", "-e", "-X"],
  add: ["-p", "-e", "-F", "-C", "-m", "-t", "-s"],
  merge: ["-e", "-C", "-c", "-p", "-t"],
  restore: ["-p", "-m"],
  reset: ["-p", "-m"],
  clean: ["-X", "-m", "-p"],
  rm: [],
  "cherry-pick": ["-e", "-s", "-m"],
  revert: ["-e", "-s"],
  apply: ["-s"],
  am: ["-s", "-c"],
  "read-tree": ["-m", "-t"],
};

/** Verbs that change tree, index or the branch that is checked out. */
function readChanging(view: GitView): Act[] {
  const flags = flagsOf[view.verb] ?? [];
  const values = Object.fromEntries(Object.entries(changeValues).filter(([name]) => !flags.includes(name))) as OptionValues;
  const read = readOptions(view.args, values);
  const files = /^(add|stage|rm|mv|restore|clean|apply|am|checkout-index)$/.test(view.verb);
  const access = /^(rm|mv)$/.test(view.verb)
    ? "remove"
    : view.verb === "add" || view.verb === "stage" || view.verb === "apply" || view.verb === "am"
      ? "read"
      : "write";
  const named = read.positionals.filter((arg, at) => files || isPathWord(arg, at, read)).filter((arg) => !isMagic(arg));
  return [
    ...repositoryActs(view),
    ...(skipsHooks(view, read) ? [{ kind: "deed", deed: "skip-hooks", shown: view.shown } as const] : []),
    ...useOptions(view, read, values),
    ...named.flatMap((arg) => usePath(view, arg, { access, unfollowed: access !== "read" })),
    ...(view.verb === "apply" && hasOption(read, "--unsafe-paths")
      ? [{ kind: "deed", deed: "skip-hooks", shown: view.shown } as const]
      : []),
    ...(view.verb === "update-index" &&
    read.options.some(({ name }) => /index-info|cacheinfo/.test(name)) &&
    /160000/.test(view.args.map(startOf).join(" "))
      ? [{ kind: "deed", deed: "change-submodule", shown: view.shown } as const]
      : []),
  ];
}

/** `:(exclude)x`, `:!x`. */
function isMagic(arg: Arg): boolean {
  return /^:[(!^/]/.test(startOf(arg));
}

function readStash(view: GitView): Act[] {
  const verb = view.args.find((arg) => !startOf(arg).startsWith("-"))?.value ?? "push";
  if (/^(list|show)$/.test(verb)) return [];
  if (/^(clear|drop)$/.test(verb)) return [{ kind: "deed", deed: "lose-history", shown: view.shown }];
  const words = view.args.map((arg) => startOf(arg)).filter((word) => !word.startsWith("-"));
  const branch: Act[] =
    verb === "branch" && words[1] ? [{ kind: "ref", ref: `refs/heads/${words[1]}`, where: "here", change: "new", shown: view.shown }] : [];
  return [...repositoryActs(view), ...branch];
}

const rebaseValues: OptionValues = {
  "--onto": "data",
  "-x": "data",
  "--exec": "data",
  "-s": "data",
  "-X": "data",
  "--strategy": "data",
  "--strategy-option": "data",
  "-C": "data",
  "--empty": "data",
  "--whitespace": "data",
  "-S": "data",
};

/** A second word is a branch that is checked out and moved. */
function readRebase(view: GitView): Act[] {
  const read = readOptions(view.args, rebaseValues);
  const branch = read.positionals[hasOption(read, "--root") ? 0 : 1];
  return [
    ...repositoryActs(view),
    ...(skipsHooks(view, read) ? [{ kind: "deed", deed: "skip-hooks", shown: view.shown } as const] : []),
    ...(branch ? [toRefAct(branch, view, "move")] : []),
    ...(hasOption(read, "--update-refs")
      ? [{ kind: "ref", ref: undefined, where: "here", change: "move", shown: view.shown } as const]
      : []),
  ];
}

function readReflog(view: GitView): Act[] {
  const verb = view.args[0]?.value ?? "show";
  return /^(expire|delete|drop)$/.test(verb) ? [{ kind: "deed", deed: "lose-history", shown: view.shown }] : [];
}

function readBundle(view: GitView): Act[] {
  const [verb, file] = view.args.filter((arg) => !startOf(arg).startsWith("-"));
  if (verb?.value === "unbundle") return [{ kind: "deed", deed: "rewrite-refs", shown: view.shown }];
  return file ? usePath(view, file, { access: verb?.value === "create" ? "write" : "read" }) : [];
}

function readSubmodule(view: GitView): Act[] {
  const verb = view.args.find((arg) => !startOf(arg).startsWith("-"))?.value ?? "status";
  return /^(status|summary|ls-files|env|version)$/.test(verb) ? [] : [{ kind: "deed", deed: "change-submodule", shown: view.shown }];
}
