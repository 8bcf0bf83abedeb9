import type { VariableAct } from "../act.ts";
import { expandTilde, joinPath, normalisePath } from "../path/paths.ts";
import { findPlace } from "../path/place.ts";
import type { Scene } from "../scene.ts";
import { isHarmlessSetting } from "./git/setting.ts";

const words = (text: string) => new Set(text.split(/\s+/));

/** Programs run, load or find something else first. */
const runsFirst = words(`
  BASH_ENV ENV PROMPT_COMMAND PS0 PS4 SHELLOPTS BASHOPTS BASH_XTRACEFD ZDOTDIR GCONV_PATH PERL5OPT PERL5DB RUBYOPT PYTHONSTARTUP
  PYTHONBREAKPOINT PYTHONINSPECT PYTHONHOME NODE_OPTIONS JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS PHPRC PHP_INI_SCAN_DIR
  RUSTC RUSTC_WRAPPER CARGO_HOME LESSOPEN LESSCLOSE EDITOR VISUAL PAGER MANPAGER BROWSER SUDO_ASKPASS SSH_ASKPASS SSH_AUTH_SOCK
  DOCKER_HOST KUBECONFIG GLIBC_TUNABLES MAKEFLAGS`);
/** Of the shell itself: `hash -p FILE name`, `enable -f FILE name`. */
const runsFirstLike = /^(hash -|enable -|LD_|DYLD_|LUA_INIT|BASH_FUNC_|DBUS_\w*_ADDRESS|CMAKE_\w+_LAUNCHER)/;
/** A guard's own variable, or one that switches checks off. */
const guards = words(`
  CLAUDECODE IS_SANDBOX HUSKY HUSKY_SKIP_HOOKS SKIP PRE_COMMIT_ALLOW_NO_CONFIG OVERCOMMIT_DISABLE SKIP_SIMPLE_GIT_HOOKS LEFTHOOK`);
const guardsLike = /^(MOS|MASTER_?OS|DCG|CLAUDE|ANTHROPIC|CODEX|OPENAI|OPENCODE|GEMINI|LEFTHOOK)_/;
const guardsWithin =
  /(^|_)BYPASS(_|$)|^(DISABLE|SKIP|NO)_?(HOOKS?|GUARDS?|SANDBOX|POLICY|CHECKS?)$|DISABLE_SANDBOX|SKIP_PERMISSIONS|ALLOW_DANGEROUS/;
const lists = words(`
  PATH PYTHONPATH NODE_PATH PERL5LIB PERLLIB RUBYLIB CLASSPATH GOPATH LUA_PATH LUA_CPATH CDPATH MANPATH PKG_CONFIG_PATH
  C_INCLUDE_PATH CPLUS_INCLUDE_PATH LIBRARY_PATH GEM_PATH GEM_HOME JULIA_LOAD_PATH`);
/** Values of NODE_OPTIONS that load nothing. */
const plainNode =
  /^(--(max[-_]old[-_]space[-_]size=\d+|no-warnings|enable-source-maps|trace-[a-z-]+|experimental-[a-z-]+|no-deprecation|stack-trace-limit=\d+)\s*)*$/;
const quiet = /^(cat|true|:|less|more|vi|vim|nano|)$/;
const gitPlain =
  /^GIT_(AUTHOR|COMMITTER)_(NAME|EMAIL|DATE)$|^GIT_(TERMINAL_PROMPT|MERGE_AUTOEDIT|OPTIONAL_LOCKS|ADVICE|REFLOG_ACTION|LITERAL_PATHSPECS|NO_LAZY_FETCH|PROTOCOL_FROM_USER)$/;

/** What is wrong with a variable, or undefined. Names decide, and for lists of folders their entries. */
export function judgeVariable(act: VariableAct, scene: Scene): string | undefined {
  const { name, value } = act;
  if (guards.has(name) || guardsLike.test(name) || guardsWithin.test(name)) return "asks for a guard to be switched off, or speaks to one";
  if (/^(GIT_|git_)/.test(name)) return judgeGit(name, value);
  if (/^(EDITOR|VISUAL|PAGER|MANPAGER|LESSOPEN)$/.test(name) && value !== undefined && quiet.test(value)) return undefined;
  if (name === "PS4" && value !== undefined && !/[$`]/.test(value)) return undefined;
  if (name === "NODE_OPTIONS" && value !== undefined && plainNode.test(value)) return undefined;
  if (name === "MAKEFLAGS" && value !== undefined && /^-?-?j?\d*$/.test(value)) return undefined;
  const first = runsFirst.has(name) || runsFirstLike.test(name);
  if (first && value !== "") return "makes programs run or load something else first";
  if (/^npm_config_|^NPM_CONFIG_|^PIP_(CONFIG|INDEX|EXTRA)|^YARN_|^COREPACK_/i.test(name)) return judgePackages(name);
  if (lists.has(name)) return judgeFolders(act, scene);
  if (/^(HOME|XDG_CONFIG_HOME|XDG_CONFIG_DIRS)$/.test(name) && (act.program === "git" || act.program === undefined || act.program === "gh"))
    return "gives programs other settings";
  return act.program === undefined || value === undefined ? undefined : judgeValue(act, value, scene);
}

function judgeGit(name: string, value: string | undefined): string | undefined {
  if (gitPlain.test(name)) return undefined;
  if (/^GIT_(PAGER|EDITOR|SEQUENCE_EDITOR)$/.test(name) && value !== undefined && quiet.test(value)) return undefined;
  if (name === "GIT_CONFIG_NOSYSTEM" || (/^GIT_CONFIG_(GLOBAL|SYSTEM)$/.test(name) && value === "/dev/null")) return undefined;
  if (/^GIT_TRACE/.test(name) && value !== undefined && /^[012]?$/.test(value)) return undefined;
  const key = /^'?([\w.]+)(?:'?=|\s|$)/.exec(value ?? "")?.[1];
  if (name === "GIT_CONFIG_PARAMETERS" && key !== undefined && isHarmlessSetting(key, "x") && !/\s/.test(value ?? "")) return undefined;
  return "leads git to other settings, repositories or programs";
}

function judgePackages(name: string): string | undefined {
  if (/_?(loglevel|fund|audit|progress|color|cache|offline|update_notifier|yes)$/i.test(name)) return undefined;
  return "gives package managers other settings";
}

/** Folders in which programs and libraries are looked for: the worktree's own and the machine's. */
function judgeFolders(act: VariableAct, scene: Scene): string | undefined {
  if (act.value === undefined) return undefined;
  for (const entry of act.value.split(":")) {
    const path = normalisePath(joinPath(act.folder, expandTilde(entry, scene.policy.home)));
    if (entry === "" || /^\$\{?[A-Z]*PATH\}?$/.test(entry)) continue;
    const { zone } = findPlace(scene, path);
    const own = zone === "worktree" || zone === "readable" || zone === "program" || (zone === "own-repo" && act.name !== "PATH");
    if (!own) return `names ${entry}, from where programs of others would be taken`;
  }
  return undefined;
}

/** A path that a program is told by a variable is used as if it were an argument. */
function judgeValue(act: VariableAct, value: string, scene: Scene): string | undefined {
  if (!/^(\/|~\/|\.\.?\/|file:\/)/.test(value)) return undefined;
  const path = normalisePath(joinPath(act.folder, expandTilde(value.replace(/^file:\/+/, "/"), scene.policy.home)));
  const { zone } = findPlace(scene, path);
  const open =
    zone === "worktree" ||
    zone === "wiki" ||
    zone === "readable" ||
    zone === "writable" ||
    zone === "own-repo" ||
    zone === "program" ||
    zone === "outside";
  return open ? undefined : `names ${value}, which is not this ticket's`;
}
