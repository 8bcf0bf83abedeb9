import type { Act } from "../act.ts";
import { readArchive } from "./archive.ts";
import { toArg } from "./arg.ts";
import { readBuildTool } from "./build-tool.ts";
import { type CommandView, unclear, usePath } from "./command-view.ts";
import { readData } from "./data.ts";
import { readEditor } from "./editor.ts";
import { readFileCommand } from "./file-command.ts";
import { fileSpecs } from "./file-specs.ts";
import { readFind } from "./find.ts";
import { readForge } from "./forge.ts";
import { readGit } from "./git/read-git.ts";
import { readInterpreter } from "./interpreter.ts";
import { readLink } from "./link.ts";
import { readNetwork } from "./network.ts";
import { readOwnProgram } from "./own-program.ts";
import { readPackageManager } from "./package-manager.ts";
import { isPrivileged, readPrivileged } from "./privileged.ts";
import { readProcess } from "./process.ts";
import { scanWord } from "./scan-word.ts";
import { readSearch } from "./search.ts";
import { readSqlite } from "./sqlite.ts";
import { readTextProgram } from "./text-program.ts";
import { readWrapper } from "./wrapper.ts";

type ReadCommand = (view: CommandView) => Act[];

/** Which arguments are read, written, executed or mere text, by program. Several names share one reader. */
const readers: ReadonlyMap<string, ReadCommand> = new Map([
  ...row(
    readData,
    "echo printf : true false sleep seq expr let exit return break continue shift wait jobs bg fg times umask ulimit getopts",
  ),
  ...row(
    readData,
    "hash type command which whereis whoami id groups uname arch nproc tty pwd dirs history logname users who uptime free cal",
  ),
  ...row(
    readData,
    "tput clear stty yes basename dirname printenv locale getconf set shopt export readonly declare typeset local unset unalias",
  ),
  ...row(
    readData,
    "alias read mapfile readarray bind complete compgen caller numfmt factor trap logger pgrep ps date eval exec test [ popd sync enable",
  ),
  ...row(readSearch, "grep egrep fgrep zgrep zegrep zfgrep rgrep rg ag ack ugrep ack-grep fd fdfind locate plocate mlocate"),
  ...row(readFind, "find gfind bfs"),
  ...row(readTextProgram, "sed gsed awk gawk mawk nawk jq yq gojq"),
  ...row(readEditor, "vi vim nvim view ex ed emacs nano pico micro code subl joe"),
  ...row(readLink, "ln gln link symlink"),
  ...row(readArchive, "tar gtar bsdtar zip unzip cpio ar 7z 7za 7zr rsync jar unrar dd"),
  ...row(
    readNetwork,
    "curl wget aria2c http https xh nc ncat netcat nc.openbsd nc.traditional socat telnet ftp lftp tftp whois dig nslookup host ping",
  ),
  ...row(readNetwork, "psql mysql mariadb redis-cli mongo mongosh websocat grpcurl mail sendmail mutt"),
  ...row(
    readProcess,
    "kill pkill killall killall5 skill fuser systemctl service launchctl crontab at batch systemd-run loginctl initctl shutdown reboot",
  ),
  ...row(readProcess, "halt poweroff telinit init rc-service supervisorctl pm2 monit anacron xkill tskill"),
  ...row(readForge, "gh glab hub tea"),
  ...row(readGit, "git"),
  ...row(readSqlite, "sqlite3 sqlite sqlite3.exe litecli duckdb"),
  ...row(
    readInterpreter,
    "python python2 python3 pypy pypy3 node nodejs deno bun perl ruby php lua luajit Rscript R julia tclsh wish guile osascript pwsh",
  ),
  ...row(readInterpreter, "bash sh dash zsh ksh mksh ash fish rbash source . java groovy scala swift erl elixir ghci runghc ts-node tsx"),
  ...row(readPackageManager, "npm npx pnpm pnpx yarn bunx pip pip3 pipx uv uvx poetry gem bundle cargo composer corepack nvm volta"),
  ...row(
    readBuildTool,
    "make gmake cmake ninja meson just task go rustc gcc g++ cc c++ clang tsc vite vitest jest mocha eslint prettier biome pytest ruff",
  ),
  ...row(readOwnProgram, "mos master-os masteros mos-hook mosd masterosd"),
  ...row(readOwnProgram, "claude codex gemini opencode aider cursor-agent goose amp droid copilot crush qwen kilocode cline claude-code"),
  ...row(
    readWrapper,
    "env nice nohup stdbuf setsid ionice time timeout builtin xargs parallel flock chronic watch script unbuffer catchsegv taskset busybox",
  ),
  ...row(readWrapper, "toybox doas-env dotenv"),
  ...row(readCd, "cd pushd"),
]);

function row(reader: ReadCommand, names: string): [string, ReadCommand][] {
  return names.split(" ").map((name) => [name, reader]);
}

/** Every program whose arguments are understood. */
export const knownPrograms: readonly string[] = [...new Set([...readers.keys(), ...fileSpecs.keys()])];

/** The acts of the program that a command starts. An unknown one: whatever looks like a path is used. */
export function readProgram(view: CommandView): Act[] {
  const word = toArg(view.command.argv[0] as CommandView["command"]["argv"][number]);
  const named = word.value ?? word.prefix;
  const file = named.includes("/") ? usePath(view, word, { access: "read" }) : [];
  if (view.program === "") return [...file, ...readNameless(view, word.text)];
  const name = view.program.replace(/^g?(\w+)-\d[\d.]*$/, "$1").replace(/^(python|pypy|lua|perl|ruby|php|node)\d[\d.]*$/, "$1");
  if (isPrivileged(name)) return [...file, ...readPrivileged(view)];
  const spec = fileSpecs.get(name);
  if (spec !== undefined) return [...file, ...readFileCommand(view, spec)];
  const reader = readers.get(view.program) ?? readers.get(name);
  if (reader !== undefined) return [...file, ...reader(view)];
  return [
    ...file,
    { kind: "program", program: view.program, shown: view.shown },
    ...view.args.flatMap((arg) => scanWord(view, arg, "use")),
  ];
}

/** A program whose name is only known when it runs. Where its text speaks of git, its arguments are read as git's. */
function readNameless(view: CommandView, text: string): Act[] {
  const scanned = view.args.flatMap((arg) => scanWord(view, arg, "use"));
  const first = view.args[0]?.value ?? "";
  const asGit = /\bgit\b/.test(text) || /^(push|update-ref|symbolic-ref|fast-import|commit|merge|worktree|reflog)$/.test(first);
  return [unclear(view, "which program it runs is not known"), ...(asGit ? readGit(view) : []), ...scanned];
}

function readCd(view: CommandView): Act[] {
  return view.args
    .filter((arg) => !(arg.value ?? arg.prefix).startsWith("-") && !/^[+-]\d*$/.test(arg.text))
    .flatMap((arg) => usePath(view, arg, { access: "enter" }));
}
