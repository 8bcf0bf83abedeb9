import type { Act } from "../act.ts";
import { dropStart } from "./arg.ts";
import { type CommandView, usePath } from "./command-view.ts";
import { type OptionValues, readOptions, useOptions } from "./read-options.ts";

const fileTests = new Set([
  "-a",
  "-b",
  "-c",
  "-d",
  "-e",
  "-f",
  "-g",
  "-G",
  "-h",
  "-k",
  "-L",
  "-N",
  "-O",
  "-p",
  "-r",
  "-s",
  "-S",
  "-u",
  "-w",
  "-x",
]);
const twoFiles = new Set(["-nt", "-ot", "-ef"]);
const pathOptions: Readonly<Record<string, OptionValues>> = {
  date: { "-f": "read", "-r": "read", "--file": "read", "--reference": "read", "-d": "data", "--date": "data" },
  mapfile: { "-u": "data", "-C": "data", "-n": "data", "-d": "data" },
};

/** Programs for which their arguments are words, not files. Some options, and some tests, name a file all the same. */
export function readData(view: CommandView): Act[] {
  const { program } = view;
  if (program === "test" || program === "[") return readTest(view);
  if (program === "date")
    return useOptions(view, readOptions(view.args, pathOptions.date as OptionValues), pathOptions.date as OptionValues);
  if (/^(export|declare|typeset|local|readonly)$/.test(program)) return readDeclared(view);
  const loads = /^(hash|enable)$/.test(program) && view.args.find((arg) => /^-\w*[pf]/.test(arg.prefix));
  if (loads)
    return [{ kind: "variable", name: `${program} ${loads.text}`, value: undefined, program: undefined, folder: "/", shown: view.shown }];
  return [];
}

/** `-f FILE` asks the kernel; `A = B` compares words. */
function readTest(view: CommandView): Act[] {
  return view.args.flatMap((arg, at) => {
    const before = view.args[at - 1]?.value;
    const after = view.args[at + 1]?.value;
    const beforeThat = view.args[at - 2]?.value;
    const isFile = before !== undefined && fileTests.has(before) && !/^(=|==|!=|-eq|-ne)$/.test(beforeThat ?? "");
    const isCompared = (after !== undefined && twoFiles.has(after)) || (before !== undefined && twoFiles.has(before));
    return isFile || isCompared ? usePath(view, arg, { access: "read" }) : [];
  });
}

/** `export PATH=…` is an assignment that later commands find. */
function readDeclared(view: CommandView): Act[] {
  return view.args.flatMap((arg): Act[] => {
    const found = /^([A-Za-z_]\w*)\+?=/.exec(arg.prefix);
    if (!found) return [];
    const value = dropStart(arg, found[0].length);
    return [
      {
        kind: "variable",
        name: found[1] as string,
        value: value.value,
        program: undefined,
        folder: view.places[0]?.path ?? "/",
        shown: arg.text.slice(0, 120),
      },
    ];
  });
}
