import type { Act } from "../../act.ts";
import { type Arg, plainArg, startOf } from "../arg.ts";
import { unclear, usePath } from "../command-view.ts";
import { hasOption, type OptionValues, readOptions, useOptions } from "../read-options.ts";
import { type GitView, remoteTarget, repositoryActs, skipsHooks } from "./git-view.ts";
import { readRefspec } from "./refspec.ts";

const pushValues: OptionValues = {
  "--repo": "data",
  "-o": "data",
  "--push-option": "data",
  "--receive-pack": "use",
  "--exec": "use",
  "--signed": "data",
};
const wide = ["--all", "--branches", "--mirror", "--tags", "--follow-tags", "--prune"];

/** Everything that a push would write there. */
export function readPush(view: GitView): Act[] {
  const read = readOptions(view.args, pushValues);
  const [remote, ...specs] = read.positionals;
  const unknown: Act = { kind: "ref", ref: undefined, where: "remote", change: "move", shown: view.shown };
  const deletes = hasOption(read, "-d", "--delete");
  return [
    ...(skipsHooks(view, read) ? [{ kind: "deed", deed: "skip-hooks", shown: view.shown } as const] : []),
    ...useOptions(view, read, pushValues),
    ...(hasOption(read, ...wide) ? [unknown] : []),
    ...(hasOption(read, "--receive-pack", "--exec") ? [{ kind: "deed", deed: "change-remote", shown: view.shown } as const] : []),
    ...(remote ? remoteTarget(view, remote) : []),
    ...specs.flatMap((arg): Act[] =>
      startOf(arg) === "tag"
        ? [unknown]
        : readRefspec({
            arg: deletes && arg.value !== undefined ? plainArg(`:${arg.value.replace(/^:/, "")}`) : arg,
            where: "remote",
            kind: "push",
            shown: view.shown,
          }),
    ),
    // Where a bare push goes stands in settings that the call does not show.
    ...(specs.length === 0 && !hasOption(read, ...wide) ? [unclear(view, "where a push without a branch goes is a setting")] : []),
  ];
}

const fetchValues: OptionValues = {
  "--upload-pack": "use",
  "-j": "data",
  "--depth": "data",
  "--refmap": "data",
  "-o": "data",
  "--server-option": "data",
  "--negotiation-tip": "data",
  "--filter": "data",
  "--shallow-since": "data",
  "--shallow-exclude": "data",
  "--deepen": "data",
};

export function readFetch(view: GitView): Act[] {
  const read = readOptions(view.args, fetchValues);
  const [remote, ...specs] = read.positionals;
  return [
    ...useOptions(view, read, fetchValues),
    ...(hasOption(read, "--upload-pack") ? [{ kind: "deed", deed: "change-remote", shown: view.shown } as const] : []),
    ...(hasOption(read, "--update-head-ok", "-u", "--refmap")
      ? [{ kind: "ref", ref: undefined, where: "here", change: "move", shown: view.shown } as const]
      : []),
    ...(remote ? remoteTarget(view, remote) : []),
    ...specs.flatMap((arg) => readRefspec({ arg, where: "here", kind: "fetch", shown: view.shown })),
  ];
}

const pullValues: OptionValues = {
  ...fetchValues,
  "-s": "data",
  "--strategy": "data",
  "-X": "data",
  "--strategy-option": "data",
  "-S": "data",
};

export function readPull(view: GitView): Act[] {
  const read = readOptions(view.args, pullValues);
  const [remote, ...specs] = read.positionals;
  return [
    ...repositoryActs(view),
    ...(skipsHooks(view, read) ? [{ kind: "deed", deed: "skip-hooks", shown: view.shown } as const] : []),
    ...useOptions(view, read, pullValues),
    ...(hasOption(read, "--upload-pack") ? [{ kind: "deed", deed: "change-remote", shown: view.shown } as const] : []),
    ...(remote ? remoteTarget(view, remote) : []),
    ...specs.flatMap((arg) => readRefspec({ arg, where: "here", kind: "fetch", shown: view.shown })),
  ];
}

const cloneValues: OptionValues = {
  ...{
    "-b": "data",
    "--branch": "data",
    "--depth": "data",
    "-o": "data",
    "--origin": "data",
    "-u": "use",
    "--upload-pack": "use",
    "--reference": "read",
    "--reference-if-able": "read",
  },
  ...{
    "--separate-git-dir": "write",
    "--template": "use",
    "-c": "data",
    "--config": "data",
    "-j": "data",
    "--filter": "data",
    "--bundle-uri": "use",
    "--object-format": "data",
    "--initial-branch": "data",
    "--shared": "data",
  },
};

/** A new repository within the worktree is a nested one. Below /tmp it is the agent's own affair. */
export function readClone(view: GitView): Act[] {
  const clones = view.verb === "clone";
  const read = readOptions(view.args, cloneValues);
  const [first, second] = read.positionals;
  const settings = read.options
    .filter(({ name, value }) => (name === "-c" || name === "--config") && value && clones)
    .map(({ value }) => value as Arg);
  const target = clones ? (second ?? plainArg(baseName(first))) : (first ?? plainArg("."));
  return [
    ...useOptions(view, read, cloneValues),
    ...settings.map(
      (arg): Act => ({
        kind: "git-setting",
        key: startOf(arg).split("=")[0] || "?",
        value: undefined,
        scope: "repository",
        shown: view.shown,
      }),
    ),
    ...(hasOption(read, "--template", "--upload-pack", "-u") ? [{ kind: "deed", deed: "change-remote", shown: view.shown } as const] : []),
    ...(clones && first
      ? remoteTarget(view, first.value !== undefined && !/[:/]/.test(first.value) ? plainArg(`./${first.value}`) : first)
      : []),
    ...usePath(view, target, { access: "write" }),
    ...(staysOutside(view, target) ? [] : [{ kind: "deed", deed: "embed-repository", shown: view.shown } as const]),
  ];
}

function baseName(arg: Arg | undefined): string {
  return (
    (arg?.value ?? "clone")
      .replace(/\/+$/, "")
      .replace(/\.git$/, "")
      .split(/[/:]/)
      .at(-1) || "clone"
  );
}

/** Absolute and below a writable place, or run from there. */
function staysOutside(view: GitView, target: Arg): boolean {
  const start = startOf(target);
  const from = start.startsWith("/") ? start : (view.places[0]?.path ?? "");
  const inWorktree = view.scene.worktree !== undefined && from.startsWith(view.scene.worktree);
  return (
    !inWorktree && target.value !== undefined && view.scene.policy.writable.some((place) => from.startsWith(`${place}/`) || from === place)
  );
}

export function readRemote(view: GitView): Act[] {
  const verb = view.args.find((arg) => !startOf(arg).startsWith("-"))?.value;
  if (verb === undefined || /^(show|get-url)$/.test(verb)) return [];
  if (verb === "update" || verb === "prune") return [unclear(view, "it uses the network")];
  const targets = view.args.slice(1).filter((arg) => /[:/]/.test(startOf(arg)));
  return [...targets.flatMap((arg) => usePath(view, arg, { access: "read" })), { kind: "deed", deed: "change-remote", shown: view.shown }];
}
