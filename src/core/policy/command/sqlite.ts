import type { Act } from "../act.ts";
import { readFileUrl } from "../tool/to-path-act.ts";
import { plainArg } from "./arg.ts";
import { type CommandView, usePath } from "./command-view.ts";
import { readOptions } from "./read-options.ts";
import { scanCode } from "./scan-code.ts";

/** The first word is the database, all others are SQL or dot commands, which may open further files. */
export function readSqlite(view: CommandView): Act[] {
  const read = readOptions(
    view.args.map((arg) =>
      /^-[a-z]{2,}/.test(arg.prefix)
        ? { ...arg, value: arg.value === undefined ? undefined : `-${arg.value}`, prefix: `-${arg.prefix}` }
        : arg,
    ),
    {
      "--init": "read",
      "--cmd": "data",
      "--separator": "data",
      "--newline": "data",
      "--nullvalue": "data",
      "--maxsize": "data",
    },
  );
  const [database, ...statements] = read.positionals;
  const cwd = view.places[0]?.path ?? "/";
  const texts = [...statements, ...read.options.flatMap(({ name, value }) => (name === "--cmd" && value ? [value] : []))].map(
    (arg) => arg.value ?? `${arg.prefix} ${arg.suffix}`,
  );
  const input = view.command.input?.text;
  const init = read.options.find(({ name }) => name === "--init")?.value;
  return [
    ...(init ? usePath(view, init, { access: "read" }) : []),
    ...(database && !/^:memory:$/.test(database.value ?? "") ? usePath(view, toFile(database), { access: "write" }) : []),
    ...[...texts, ...(input === undefined ? [] : [input])].flatMap((text) =>
      scanCode({ scene: view.scene, language: "sqlite", text, cwd, shown: view.shown }),
    ),
  ];
}

/** `file:x.db?mode=ro` is a URL to sqlite. */
function toFile(arg: ReturnType<typeof plainArg>) {
  const text = arg.value;
  if (text === undefined || !text.startsWith("file:")) return arg;
  const relative = /^file:(?!\/)([^?#]*)/.exec(text)?.[1];
  return { ...plainArg(relative ?? readFileUrl(text) ?? text), text: arg.text };
}
