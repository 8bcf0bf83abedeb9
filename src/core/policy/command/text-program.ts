import type { Act } from "../act.ts";
import type { Arg } from "./arg.ts";
import { type CommandView, unclear, usePath } from "./command-view.ts";
import { hasOption, type OptionValues, readOptions, useOptions } from "./read-options.ts";
import { scanCode } from "./scan-code.ts";

const sedValues: OptionValues = { "-e": "data", "--expression": "data", "-f": "read", "--file": "read", "-l": "data" };
const awkValues: OptionValues = {
  "-v": "data",
  "--assign": "data",
  "-F": "data",
  "--field-separator": "data",
  "-f": "read",
  "--file": "read",
  "-i": "read",
  "-e": "data",
  "--source": "data",
  "-E": "read",
  "-l": "data",
};
const jqValues: OptionValues = { "-f": "read", "--from-file": "read", "-L": "read", "--indent": "data", "-o": "data", "-p": "data" };
const pairs = new Set(["--arg", "--argjson"]);
const filePairs = new Set(["--slurpfile", "--rawfile", "--argfile"]);

/** Filters: the first word is a program of their own, unless an option gave one; the rest are files. */
export function readTextProgram(view: CommandView): Act[] {
  const { program } = view;
  if (/^(jq|yq|gojq)$/.test(program)) return readJq(view);
  const sed = program.endsWith("sed");
  const values = sed ? sedValues : awkValues;
  // -i takes its suffix glued; as a separate word it would be the script.
  const read = readOptions(view.args, values);
  const inPlace = sed && read.options.some(({ name }) => name === "-i" || name === "--in-place" || name === "-I");
  const awkInPlace = !sed && read.options.some(({ name, value }) => name === "-i" && value?.value === "inplace");
  const given = hasOption(read, "-e", "--expression", "-f", "--file", "--source", "-E");
  const script = given ? [] : read.positionals.slice(0, 1);
  const files = read.positionals.slice(given ? 0 : 1);
  const scripts = [
    ...script,
    ...read.options.flatMap(({ name, value }) => (/^(-e|--expression|--source)$/.test(name) && value ? [value] : [])),
  ];
  return [
    ...useOptions(view, awkInPlace ? { ...read, options: read.options.filter(({ name }) => name !== "-i") } : read, values),
    ...scripts.flatMap((one) => scanScript(view, one, sed ? "sed" : "awk")),
    ...files
      .filter((arg) => sed || !/^[A-Za-z_]\w*=/.test(arg.prefix))
      .flatMap((arg) => usePath(view, arg, { access: inPlace || awkInPlace ? "write" : "read" })),
  ];
}

function scanScript(view: CommandView, script: Arg, language: string): Act[] {
  const acts = scanCode({
    scene: view.scene,
    language,
    text: script.value ?? `${script.prefix} ${script.suffix}`,
    cwd: view.places[0]?.path ?? "/",
    shown: view.shown,
  });
  return script.value === undefined ? [...acts, unclear(view, "its program is not known")] : acts;
}

/** `--arg name value` is text; `--slurpfile name file` is not. */
function readJq(view: CommandView): Act[] {
  const rest: Arg[] = [];
  const files: Arg[] = [];
  for (let at = 0; at < view.args.length; at += 1) {
    const arg = view.args[at] as Arg;
    if (arg.value === "--args" || arg.value === "--jsonargs") break;
    if (pairs.has(arg.value ?? "")) at += 2;
    else if (filePairs.has(arg.value ?? "")) {
      const file = view.args[at + 2];
      if (file) files.push(file);
      at += 2;
    } else rest.push(arg);
  }
  const read = readOptions(rest, jqValues);
  const given = hasOption(read, "-f", "--from-file") && view.program !== "yq";
  const inPlace = hasOption(read, "-i", "--in-place", "--inplace");
  const skip = given || (view.program === "yq" && /^(eval|e|eval-all|ea)$/.test(read.positionals[0]?.value ?? "")) ? (given ? 0 : 2) : 1;
  return [
    ...useOptions(view, read, jqValues),
    ...files.flatMap((arg) => usePath(view, arg, { access: "read" })),
    ...read.positionals.slice(skip).flatMap((arg) => usePath(view, arg, { access: inPlace ? "write" : "read" })),
  ];
}
