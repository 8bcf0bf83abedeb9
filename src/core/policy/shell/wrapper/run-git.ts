import type { Call } from "../call.ts";
import { enter } from "../call.ts";
import { enterFolder } from "../change-folder.ts";
import type { ShellWord } from "../shell-reading.ts";
import { runText, textOf } from "./run-text.ts";
import { hasOption, scanOptions, valuesOf } from "./scan-options.ts";

/** Settings whose value git runs as a command. */
const executed =
  /^(core\.(pager|editor|sshcommand|askpass|fsmonitor|gitproxy|alternaterefscommand)|pager\.|sequence\.editor|diff\.external|diff\..*\.(textconv|command)|merge\..*\.driver|(diff|merge)tool\..*\.(cmd|path)|filter\..*\.(clean|smudge|process)|credential\.(.*\.)?helper|gpg\.(.*\.)?program|browser\..*\.(cmd|path)|interactive\.difffilter|uploadpack\.packobjectshook|remote\..*\.(uploadpack|receivepack|vcs)|trailer\..*\.(command|cmd)|web\.browser|man\..*\.(cmd|path)|imap\.tunnel|sendemail\.(.*\.)?(sendmailcmd|tocmd|cccmd)|ssh\.variant|submodule\..*\.update|gc\..*|hook\..*\.command|tar\..*\.command|guitool\..*\.cmd|init\.templatedir)/i;

/** `git -C DIR -c name=value …`: the folder in which it works, and the commands that its arguments make it run. */
export function runGit(call: Call): void {
  const { argv } = call.command;
  const global = scanOptions(argv, {
    letters: "Cc",
    long: ["--git-dir", "--work-tree", "--namespace", "--exec-path", "--super-prefix", "--config-env", "--attr-source"],
  });
  let { scope } = call;
  for (const folder of valuesOf(global.options, "-C")) scope = enterFolder(scope, folder);
  call.command.places = scope.places;
  const inside: Call = { ...call, scope };
  for (const setting of valuesOf(global.options, "-c")) runSetting(inside, setting);
  const subcommand = argv[global.rest];
  const rest = argv.slice(global.rest + 1);
  const run = subcommand?.value === undefined ? undefined : subcommands[subcommand.value];
  run?.(inside, rest, argv);
  for (const word of rest) {
    const match = /^ext::(.*)/s.exec(textOf(word));
    if (match !== null) runGitText(inside, match[1] as string, word.opaque === undefined);
  }
}

type SubcommandReader = (call: Call, rest: readonly ShellWord[], argv: readonly ShellWord[]) => void;

const subcommands: Readonly<Record<string, SubcommandReader>> = {
  config: readConfig,
  bisect: (call, rest) => {
    if (rest[0]?.value === "run") runGitArgv(call, rest.slice(1));
  },
  rebase: (call, rest) => runOptionTexts(call, rest, "x", ["--exec"], ["-x", "--exec"]),
  submodule: (call, rest) => {
    const at = rest.findIndex((word) => word.value === "foreach");
    const words = rest.slice(at + 1).filter((word) => word.value !== "--recursive" && word.value !== "-q" && word.value !== "--quiet");
    if (at >= 0 && words.length > 0)
      runGitText(
        call,
        words.map(textOf).join(" "),
        words.every((word) => word.opaque === undefined),
      );
  },
  "filter-branch": (call, rest) => runOptionTexts(call, rest, "d", filterOptions, filterOptions),
  difftool: (call, rest) => runOptionTexts(call, rest, "xtT", ["--extcmd", "--tool"], ["-x", "--extcmd"]),
  grep: (call, rest) => runOptionTexts(call, rest, "", [], ["-O", "--open-files-in-pager"]),
  clone: (call, rest) => {
    runOptionTexts(call, rest, "uocjb", ["--upload-pack", "--config", "--origin", "--branch"], ["-u", "--upload-pack"]);
    for (const setting of valuesOf(scanAll(rest, "uocjb", ["--config"]), "-c", "--config")) runSetting(call, setting);
  },
  fetch: (call, rest) => runOptionTexts(call, rest, "o", ["--upload-pack"], ["--upload-pack"]),
  pull: (call, rest) => runOptionTexts(call, rest, "osX", ["--upload-pack"], ["--upload-pack"]),
  "ls-remote": (call, rest) => runOptionTexts(call, rest, "o", ["--upload-pack", "--exec"], ["--upload-pack", "--exec"]),
  "fetch-pack": (call, rest) => runOptionTexts(call, rest, "", ["--upload-pack", "--exec"], ["--upload-pack", "--exec"]),
  push: (call, rest) => runOptionTexts(call, rest, "o", ["--receive-pack", "--exec"], ["--receive-pack", "--exec"]),
  archive: (call, rest) => runOptionTexts(call, rest, "o", ["--exec", "--remote", "--output", "--format", "--prefix"], ["--exec"]),
};

const filterOptions = [
  "--env-filter",
  "--tree-filter",
  "--index-filter",
  "--parent-filter",
  "--msg-filter",
  "--commit-filter",
  "--tag-name-filter",
  "--setup",
];

/** All options, also after operands. */
function scanAll(words: readonly ShellWord[], letters: string, long: readonly string[]) {
  const options = [];
  for (let from = 0; from < words.length; ) {
    const scanned = scanOptions(words, { letters, long }, from);
    options.push(...scanned.options);
    from = scanned.rest + 1;
  }
  return options;
}

function runOptionTexts(call: Call, rest: readonly ShellWord[], letters: string, long: readonly string[], names: readonly string[]): void {
  for (const text of valuesOf(scanAll(rest, letters, long), ...names)) runGitText(call, textOf(text), text.opaque === undefined);
}

function readConfig(call: Call, rest: readonly ShellWord[]): void {
  const { options, rest: at } = scanOptions(rest, { letters: "ft", long: ["--file", "--blob", "--type", "--default", "--comment"] }, 0);
  if (hasOption(options, "--get", "--unset", "--list", "-l", "--get-all", "--unset-all", "--get-regexp")) return;
  const operands = rest.slice(at);
  const [name, value] = operands[0]?.value === "set" ? operands.slice(1) : operands;
  if (name?.value !== undefined && value !== undefined) runValue(call, name.value, textOf(value), value.opaque === undefined);
}

/** `name=value` of `git -c`. */
function runSetting(call: Call, setting: ShellWord): void {
  const text = textOf(setting);
  const at = text.indexOf("=");
  if (at > 0) runValue(call, text.slice(0, at), text.slice(at + 1), setting.opaque === undefined);
}

/** `alias.x=!cmd` is a shell text, `alias.x=push origin` arguments of git. */
function runValue(call: Call, name: string, value: string, isKnown: boolean): void {
  if (/^alias\./i.test(name)) {
    runGitText(call, value.startsWith("!") ? value.slice(1) : `git ${value}`, isKnown);
    return;
  }
  if (executed.test(name) && value !== "" && !/^(true|false)$/.test(value)) runGitText(call, value.replace(/^!/, ""), isKnown);
}

function runGitText(call: Call, text: string, isKnown: boolean): void {
  if (text.trim() !== "") runText(call, { kind: "git", text, isKnown });
}

function runGitArgv(call: Call, argv: readonly ShellWord[]): void {
  if (argv.length > 0) call.frame.reader.runArgv(enter(call, "git"), { argv, text: argv.map((word) => word.text).join(" ") }, call.scope);
}
