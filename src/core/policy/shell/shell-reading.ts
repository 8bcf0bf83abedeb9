/** What reading a shell text tells without running it. Reading explains; the sandbox decides (P5). */
export type ShellReading =
  /** Not bash, too big or too deep. A guard that cannot read denies. */
  | { readonly kind: "unreadable"; readonly reason: string }
  /** Flat, in the order in which bash would come to them; nested ones (`via`) right after the command that reaches them. */
  | { readonly kind: "read"; readonly commands: readonly ShellCommand[] };

/**
 * One simple command as it may run. A command that can run with different known arguments (a loop over a list, a variable
 * set in one branch only) stands here once for each.
 */
export interface ShellCommand {
  /** Its place in `commands`. */
  readonly index: number;
  /** As written, shortened to 200 characters: for messages, never for decisions. */
  readonly text: string;
  /**
   * The name by which its file, builtin or function is found, without folders: `/usr/bin/g"i"t` is `git`. Undefined when it is
   * not known, or when there is none (`> file`, `X=1`): then `argv` is empty.
   */
  readonly program: string | undefined;
  /** The arguments after all expansions, the program's own word first, one entry each. */
  readonly argv: readonly ShellWord[];
  /** `X=1` before the command, or alone. Names in the order written. */
  readonly assignments: readonly ShellAssignment[];
  /** All variables set by this text that the command finds in its environment: its own, exported ones, those of `env X=1`. */
  readonly environment: readonly ShellAssignment[];
  readonly redirects: readonly ShellRedirect[];
  /** Its standard input, where that is not simply inherited. */
  readonly input: ShellInput | undefined;
  /** Folders in which it may run, the expected one first; never empty. */
  readonly places: readonly ShellPlace[];
  /** How it is reached, outermost first; empty for a command of the text itself. */
  readonly via: readonly ShellVia[];
  /** Inside `$(…)`, backticks, `<(…)` or `>(…)`. */
  readonly inSubstitution: boolean;
  /** Indices of commands that read its output through a pipe. */
  readonly feeds: readonly number[];
  /** A function of this text is called, not a program: its body follows with `via` function. */
  readonly isFunction: boolean;
  /** Programs in another language that it is given. */
  readonly code: readonly ShellCode[];
  /** What about this command as a whole could not be decided. Words carry their own. */
  readonly opaque: readonly string[];
}

/** One argument. */
export interface ShellWord {
  /** As written. */
  readonly text: string;
  /** The argument itself, when it is known exactly. A pattern has none: see `glob`. */
  readonly value: string | undefined;
  /** Known beginning and end; both the whole value when that is known. */
  readonly prefix: string;
  readonly suffix: string;
  /** What it is made of, in order. */
  readonly pieces: readonly ShellPiece[];
  /** The pattern as bash matches it, quoted characters behind a backslash, when nothing but patterns is open in it. */
  readonly glob: string | undefined;
  /** What it is if every unknown variable in it is unset or empty (`tra${x}ding`); undefined where output of a command decides. */
  readonly ifUnset: string | undefined;
  /** May become no argument or several. */
  readonly many: boolean;
  /** Why `value` is not known; undefined for a known word and for one that only has patterns. */
  readonly opaque: string | undefined;
}

export interface ShellPiece {
  /** `stream` is a process substitution: no file, but the output or input of commands that stand in this reading. */
  readonly kind: "literal" | "glob" | "unknown" | "stream";
  /** The characters, the pattern, what is unknown as written, or `/dev/fd/63` of a stream. */
  readonly text: string;
  /** What is read from a stream, when that is known. */
  readonly content?: string | undefined;
}

export interface ShellAssignment {
  readonly name: string;
  /** An array's elements are joined by a space. */
  readonly value: ShellWord;
}

export type RedirectOperator = ">" | ">>" | "<" | "<>" | "<&" | ">&" | ">|" | "&>" | "&>>";

export interface ShellRedirect {
  readonly operator: RedirectOperator;
  /** File descriptor: the number, or the variable's name of `{fd}>`; undefined for the operator's own. */
  readonly descriptor: number | string | undefined;
  readonly target: ShellWord;
  /** What happens to the target: `duplicate` is `2>&1` and `3>&-`, where no file is touched. */
  readonly access: "read" | "write" | "both" | "duplicate";
}

export interface ShellInput {
  readonly from: "heredoc" | "herestring" | "pipe" | "file";
  /** The whole text, when it is known. */
  readonly text: string | undefined;
  /** Its known parts, what is unknown left out: to look for what is there, not for what is not. */
  readonly partial: string | undefined;
  /** Indices of the commands whose output it is. */
  readonly feeders: readonly number[];
}

export interface ShellPlace {
  /** Absolute, `.` and `..` taken out as `cd` does, links not followed. Undefined when not known. */
  readonly path: string | undefined;
  /** It runs here only if at least one of these folders cannot be entered (a `cd` that fails). Empty: no such condition. */
  readonly lacks: readonly string[];
}

export interface ShellVia {
  readonly kind: ViaKind;
  /** The program or builtin that runs it: `sudo`, `bash`, `find`; a variable's name for `variable`. */
  readonly by: string;
  /** Index of that command. */
  readonly from: number;
}

export type ViaKind =
  | "eval"
  /** `bash -c`, text on a shell's standard input. */
  | "shell"
  /** env, nice, timeout, command, exec, busybox …: runs its arguments in the same place. */
  | "wrapper"
  /** sudo, su, doas, runuser, setpriv …: as somebody else. */
  | "other-user"
  /** ssh, docker, nsenter, chroot, systemd-run …: somewhere else than this place. */
  | "elsewhere"
  /** xargs and parallel: arguments come from the input. */
  | "xargs"
  | "find"
  /** A shell command inside a git alias, `-c core.pager=…`, `bisect run`, `rebase --exec` … */
  | "git"
  | "trap"
  /** A variable that a program executes: PROMPT_COMMAND, BASH_ENV, GIT_SSH_COMMAND, PAGER … */
  | "variable"
  /** A shell text inside another language: `os.system("…")`. */
  | "code"
  | "function"
  | "alias";

export interface ShellCode {
  /** `python`, `node`, `perl`, `ruby`, `php`, `awk`, `sqlite`, `sed`, `jq`, `lua`, `vim` … */
  readonly language: string;
  /** Undefined when it is not known. */
  readonly text: string | undefined;
  /** Its known parts, what is unknown left out. */
  readonly partial: string | undefined;
  readonly from: "argument" | "input";
}
