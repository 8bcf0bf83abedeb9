import type { Act } from "../act.ts";
import { type Arg, plainArg, startOf } from "./arg.ts";
import { type CommandView, usePath } from "./command-view.ts";

const fileTests = new Set(["-newer", "-anewer", "-cnewer", "-samefile", "-newermm", "-neweram", "-files0-from"]);
/** Tests by which some of what is below the folder is meant, not all of it. */
const choosing = /^-(i?name|i?path|i?wholename|i?regex|type|size|[acm]?newer|[acm]min|[acm]time|empty|mindepth|links|perm|user)/;
const outputs = new Set(["-fprint", "-fprint0", "-fls", "-fprintf"]);
const removers = new Set(["rm", "unlink", "rmdir", "shred", "mv", "trash"]);
const changers = new Set([
  ...removers,
  "chmod",
  "chown",
  "chgrp",
  "sed",
  "perl",
  "tee",
  "truncate",
  "touch",
  "cp",
  "ln",
  "dd",
  "install",
  "patch",
]);

/** Starting points are read with all that is below, or changed by `-delete` and by what `-exec` runs. */
export function readFind(view: CommandView): Act[] {
  const { args } = view;
  const first = args.findIndex((arg, at) => isExpression(arg) && !isLeading(args, at));
  const starts = args.slice(0, first < 0 ? args.length : first).filter((_, at) => !isLeading(args, at));
  const expression = first < 0 ? [] : args.slice(first);
  const words = expression.map((arg) => arg.value ?? "");
  const run = words.flatMap((word, at) => (/^-(exec|execdir|ok|okdir)$/.test(word) ? [words[at + 1]?.split("/").at(-1) ?? ""] : []));
  const removes = words.includes("-delete") || run.some((program) => removers.has(program));
  const changes = removes || run.some((program) => changers.has(program));
  const chooses = words.some((word) => choosing.test(word));
  const from = starts.length > 0 ? starts : [plainArg(".")];
  return [
    ...from.flatMap((arg) => usePath(view, arg, { access: "read", deep: true })),
    ...(changes
      ? from
          .filter((arg) => !isHere(arg) || (removes && !chooses))
          .flatMap((arg) => usePath(view, arg, { access: removes ? "remove" : "write", deep: true }))
      : []),
    ...expression.flatMap((arg, at) => {
      const before = words[at - 1] ?? "";
      if (fileTests.has(before)) return usePath(view, arg, { access: "read" });
      return outputs.has(before) ? usePath(view, arg, { access: "write" }) : [];
    }),
  ];
}

/** What is found below the own folder is judged by that folder; the folder itself is seldom meant. */
function isHere(arg: Arg): boolean {
  return arg.value === "." || arg.value === "./";
}

function isExpression(arg: Arg): boolean {
  const start = startOf(arg);
  return /^-\S/.test(start) || start === "(" || start === "!" || start === ",";
}

/** `-H -L -P -O3 -D tree` stand before the starting points. */
function isLeading(args: readonly Arg[], at: number): boolean {
  return /^-([HLP]|O\d|D)$/.test(args[at]?.value ?? "") || args[at - 1]?.value === "-D";
}
