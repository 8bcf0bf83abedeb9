import { type Call, enter } from "../call.ts";
import { enterFolder } from "../change-folder.ts";
import type { ShellWord, ViaKind } from "../shell-reading.ts";
import { runText, textOf } from "./run-text.ts";
import { scanOptions, valuesOf } from "./scan-options.ts";

/** Programs that run a command which one of their options or arguments names. */
interface HiddenProgram {
  /** The command, as a text for a shell, is what follows one of these at the beginning of an argument, or is the next argument. */
  readonly options?: readonly string[];
  /** The command is what the first group of this finds in an argument. */
  readonly pattern?: RegExp;
  readonly kind?: ViaKind;
}

const hidden: Readonly<Record<string, HiddenProgram>> = {
  tar: {
    options: ["--to-command", "--checkpoint-action", "-I", "--use-compress-program", "--rsh-command", "-F", "--info-script"],
    pattern: /^(?:--checkpoint-action=)?exec=(.*)/s,
  },
  bsdtar: { options: ["--use-compress-program"] },
  rsync: { options: ["-e", "--rsh", "--rsync-path"] },
  scp: { options: ["-S"], pattern: /^(?:-o)?proxycommand[= ](.*)/is },
  sftp: { options: ["-S"], pattern: /^(?:-o)?proxycommand[= ](.*)/is },
  sort: { options: ["--compress-program"] },
  split: { options: ["--filter"] },
  zip: { options: ["-TT", "--unzip-command"] },
  man: { options: ["-P", "--pager", "-H", "--html"] },
  rg: { options: ["--pre", "--hostname-bin"] },
  fd: { options: ["-x", "--exec", "-X", "--exec-batch"] },
  fdfind: { options: ["-x", "--exec", "-X", "--exec-batch"] },
  make: { pattern: /\$\(shell ([^)]*)\)/s },
  gmake: { pattern: /\$\(shell ([^)]*)\)/s },
  socat: { pattern: /^(?:exec|system|shell):"?([^,"]*)/is },
  nc: { options: ["-e", "-c"] },
  ncat: { options: ["-e", "-c", "--exec", "--sh-exec"] },
  script: { options: ["-c", "--command"] },
  expect: { options: ["-c"], pattern: /(?:spawn|exec)\s+([^;\n}]*)/s },
  crontab: {},
  batch: {},
  at: {},
  dpkg: { pattern: /^--(?:pre|post)-invoke=(.*)/s },
  apt: { pattern: /(?:Pre|Post)-(?:Invoke|Install-Pkgs)[^=]*=(.*)/s },
  "apt-get": { pattern: /(?:Pre|Post)-(?:Invoke|Install-Pkgs)[^=]*=(.*)/s },
  tcpdump: { options: ["-z"] },
  journalctl: {},
  npm: { options: ["--script-shell"] },
  complete: { options: ["-C"] },
  mapfile: { options: ["-C"] },
  bind: { pattern: /^[^:]*:(.*)/s },
  emacs: { pattern: /shell-command(?:-to-string)? "((?:[^"\\]|\\.)*)"/s },
  cargo: { pattern: /^target\..*\.runner=(.*)/s },
};

/** Reads the commands that options of otherwise harmless programs name. */
export function runHiddenPrograms(call: Call): void {
  const { program, argv, input } = call.command;
  if (program === undefined || !Object.hasOwn(hidden, program)) {
    placeOf(call);
    return;
  }
  const { options = [], pattern, kind = "wrapper" } = hidden[program] as HiddenProgram;
  argv.forEach((word, at) => {
    if (at === 0) return;
    const text = textOf(word);
    const match = pattern?.exec(text);
    if (match?.[1]) runText(call, { kind, text: match[1], isKnown: word.opaque === undefined });
    for (const option of options) readOption(call, { option, text, word, next: argv[at + 1], rest: argv.slice(at + 1), kind });
  });
  const takesInput =
    (program === "at" || program === "batch" || (program === "crontab" && argv.some((word) => word.value === "-"))) && input;
  if (takesInput)
    runText(call, { kind: "elsewhere", text: cronCommands(program, input.text ?? input.partial ?? ""), isKnown: input.text !== undefined });
  placeOf(call);
}

interface OptionReading {
  readonly option: string;
  readonly text: string;
  readonly word: ShellWord;
  readonly next: ShellWord | undefined;
  readonly rest: readonly ShellWord[];
  readonly kind: ViaKind;
}

function readOption(call: Call, { option, text, word, next, rest, kind }: OptionReading): void {
  const isFd = option === "-x" || option === "-X" || option.startsWith("--exec");
  if (text === option && isFd && /^fd/.test(call.command.program ?? "")) {
    if (rest.length > 0)
      call.frame.reader.runArgv(enter(call, "find"), { argv: rest, text: rest.map((own) => own.text).join(" ") }, call.scope);
  } else if (text === option && next !== undefined) runText(call, { kind, text: textOf(next), isKnown: next.opaque === undefined });
  else if (option.startsWith("--") && text.startsWith(`${option}=`))
    runText(call, { kind, text: text.slice(option.length + 1).replace(/^exec=/, ""), isKnown: word.opaque === undefined });
  else if (!option.startsWith("--") && option.length === 2 && text.startsWith(option) && text.length > 2)
    runText(call, { kind, text: text.slice(2), isKnown: word.opaque === undefined });
}

/** `* * * * * cmd` without its five times. */
function cronCommands(program: string, text: string): string {
  return program === "crontab" ? text.replace(/^[ \t]*(@\w+|(?:[\d*,/-]+[ \t]+){5})/gm, "") : text;
}

/** `make -C DIR` works in that folder. */
function placeOf(call: Call): void {
  if (call.command.program !== "make" && call.command.program !== "gmake") return;
  const { options } = scanOptions(call.command.argv, { letters: "CfIoW", long: ["--directory", "--file"] });
  for (const folder of valuesOf(options, "-C", "--directory"))
    call.command.places = enterFolder({ ...call.scope, places: call.command.places }, folder).places;
}
