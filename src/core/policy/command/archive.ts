import type { Act } from "../act.ts";
import { type Arg, dropStart, plainArg, startOf } from "./arg.ts";
import { type CommandView, unclear, usePath } from "./command-view.ts";
import { hasOption, type OptionValues, optionValue, readOptions, useOptions } from "./read-options.ts";
import { scanWord } from "./scan-word.ts";

/** Archivers: what they pack is read with all below, what they unpack into is written. */
export function readArchive(view: CommandView): Act[] {
  if (view.program.endsWith("tar")) return readTar(view);
  if (view.program === "rsync") return readRsync(view);
  if (view.program === "unzip" || view.program === "unrar") return readUnzip(view);
  if (view.program === "zip") return readZip(view);
  if (view.program === "dd") return readDd(view);
  return [
    ...view.args.flatMap((arg) => [
      ...scanWord(view, arg, "use"),
      ...(startOf(arg).startsWith("-") ? [] : usePath(view, arg, { access: "write", deep: true })),
    ]),
    ...listInput(view),
  ];
}

const tarValues: OptionValues = {
  ...{
    "-f": "data",
    "--file": "data",
    "-C": "data",
    "--directory": "data",
    "-T": "read",
    "--files-from": "read",
    "-X": "read",
    "--exclude-from": "read",
  },
  ...{
    "-I": "use",
    "--use-compress-program": "use",
    "--exclude": "data",
    "--transform": "data",
    "--strip-components": "data",
    "--owner": "data",
    "--group": "data",
  },
  ...{
    "-b": "data",
    "--mode": "data",
    "--mtime": "data",
    "-g": "write",
    "--listed-incremental": "write",
    "--to-command": "use",
    "-K": "data",
    "-N": "read",
  },
};

function readTar(view: CommandView): Act[] {
  const [first, ...others] = view.args;
  const old = first?.value !== undefined && /^[a-zA-Z]+$/.test(first.value) && /[cxtruA]/.test(first.value);
  const args = old ? [plainArg(`-${orderLetters(first.value as string)}`), ...others] : view.args;
  const read = readOptions(args, tarValues);
  const creates = hasOption(read, "-c", "--create", "-r", "--append", "-u", "--update", "-A");
  const extracts = hasOption(read, "-x", "--extract", "--get");
  const file = optionValue(read, "-f", "--file");
  const folders = read.options
    .filter(({ name, value }) => (name === "-C" || name === "--directory") && value)
    .map(({ value }) => value as Arg);
  const checkpoint = read.options.some(
    ({ name }) => name.startsWith("--checkpoint-action") || name === "--to-command" || name === "--rsh-command",
  );
  return [
    ...useOptions(view, read, tarValues),
    ...(checkpoint ? [unclear(view, "tar runs a command")] : []),
    ...(file ? usePath(view, file, { access: creates ? "write" : "read" }) : []),
    ...folders.flatMap((folder) => usePath(view, folder, { access: extracts ? "write" : "read", deep: creates })),
    ...(creates
      ? read.positionals.flatMap((arg) => [
          ...(folders.length === 0 ? [] : folders.flatMap((folder) => join(view, folder, arg))),
          ...usePath(view, arg, { access: "read", deep: true }),
        ])
      : []),
    ...(extracts && folders.length === 0 ? usePath(view, plainArg("."), { access: "write" }) : []),
    ...listInput(view),
  ];
}

/** `tar cfC a.tar dir`: letters with values in the order in which their values follow. */
function orderLetters(letters: string): string {
  const withValue = [...letters].filter((letter) => "fCTXIbgKN".includes(letter));
  return [...letters].filter((letter) => !withValue.includes(letter)).join("") + (withValue[0] ?? "");
}

function join(view: CommandView, folder: Arg, arg: Arg): Act[] {
  if (folder.value === undefined || arg.value === undefined || arg.value.startsWith("/")) return [];
  return usePath(view, plainArg(`${folder.value.replace(/\/$/, "")}/${arg.value}`), { access: "read", deep: true });
}

function readDd(view: CommandView): Act[] {
  return view.args.flatMap((arg) => {
    const side = /^([io])f=/.exec(startOf(arg))?.[1];
    return side === undefined ? [] : usePath(view, dropStart(arg, 3), { access: side === "o" ? "write" : "read" });
  });
}

const zipValues: OptionValues = { "-x": "data", "-i": "data", "-b": "write", "-O": "write", "-T": "data", "-P": "data", "-t": "data" };

function readZip(view: CommandView): Act[] {
  const read = readOptions(view.args, zipValues);
  const [target, ...sources] = read.positionals;
  return [
    ...useOptions(view, read, zipValues),
    ...(target ? usePath(view, target, { access: "write" }) : []),
    ...sources.flatMap((arg) => usePath(view, arg, { access: "read", deep: true })),
    ...listInput(view),
  ];
}

function readUnzip(view: CommandView): Act[] {
  const values: OptionValues = { "-d": "write", "-x": "data", "-P": "data" };
  const read = readOptions(view.args, values);
  const [archive] = read.positionals;
  const lists = hasOption(read, "-l", "-v", "-t", "-z", "-p", "-Z");
  const here = lists || hasOption(read, "-d") ? [] : usePath(view, plainArg("."), { access: "write" });
  return [...useOptions(view, read, values), ...(archive ? usePath(view, archive, { access: "read" }) : []), ...here];
}

const rsyncValues: OptionValues = {
  ...{
    "-e": "use",
    "--rsh": "use",
    "--exclude": "data",
    "--include": "data",
    "-f": "data",
    "--filter": "data",
    "--exclude-from": "read",
    "--include-from": "read",
  },
  ...{
    "--files-from": "read",
    "--link-dest": "link",
    "--copy-dest": "read",
    "--compare-dest": "read",
    "--backup-dir": "write",
    "--partial-dir": "write",
    "-T": "write",
  },
  ...{
    "--temp-dir": "write",
    "--log-file": "write",
    "--password-file": "read",
    "--chmod": "data",
    "--chown": "data",
    "--bwlimit": "data",
    "--rsync-path": "use",
  },
};

function readRsync(view: CommandView): Act[] {
  const read = readOptions(view.args, rsyncValues);
  const remote = read.positionals.some((arg) => /^[^/]+:|^rsync:\/\//.test(startOf(arg)));
  const last = read.positionals.length > 1 ? read.positionals.length - 1 : -1;
  return [
    ...(remote ? [{ kind: "deed", deed: "elsewhere", shown: view.shown } as const] : []),
    ...useOptions(view, read, rsyncValues),
    ...read.positionals.flatMap((arg, at) => usePath(view, arg, { access: at === last ? "write" : "read", deep: true })),
    ...listInput(view),
  ];
}

/** A list of files: on standard input, or printed by a substitution (`-T <(echo FILE)`), where its text is known. */
function listInput(view: CommandView): Act[] {
  const takes = view.program === "cpio" || view.args.some((arg) => arg.value === "-" || /=-$|^-T-$|^-@$/.test(startOf(arg)));
  const substituted = view.args.some((arg) => /<\(/.test(arg.text));
  const printed = substituted ? view.all.filter((other) => other.inSubstitution && /^(echo|printf)$/.test(other.program ?? "")) : [];
  const texts = [
    ...(takes ? [view.command.input?.text ?? ""] : []),
    ...printed.flatMap((other) => other.argv.slice(1).map((word) => word.value ?? "")),
  ];
  const lines = texts.flatMap((text) => text.split(/\s*[\n\0]\s*/)).filter((line) => line !== "");
  return lines.slice(0, 200).flatMap((line) => usePath(view, plainArg(line), { access: "read", deep: true }));
}
