import { execa } from "execa";
import { MosError } from "../../contract/error.ts";

/** Settings that hold for every call: nothing of the repository or the operator runs as a side effect. */
const safeSettings = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.quotePath=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "safe.directory=*",
  "protocol.allow=never",
  "advice.detachedHead=false",
].flatMap((setting) => ["-c", setting]);

export interface GitCall {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are answers, not failures. Default: 0. */
  readonly okExit?: readonly number[];
}

export type RunGit = (call: GitCall) => Promise<{ stdout: string; stderr: string; exitCode: number }>;

const outputBytesMax = 256 * 1024 * 1024;

/**
 * Runs the host's git with a clean environment: of the operator's only PATH, HOME and XDG_CONFIG_HOME (for the identity).
 *
 * @throws MosError `git-missing`, `git-failed` with git's own words
 */
export function createRunGit(environment: Readonly<Record<string, string | undefined>>): RunGit {
  const kept = Object.fromEntries(
    ["PATH", "HOME", "XDG_CONFIG_HOME"].flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  );
  const base = {
    ...kept,
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_PAGER: "cat",
    GIT_EDITOR: "false",
    // Objects as they are: nobody's `git replace` or grafts make another history of what landed (G1a).
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_GRAFT_FILE: "/dev/null",
  };
  return async ({ cwd, args, input, env, okExit = [0] }) => {
    const result = await execa("git", [...safeSettings, ...args], {
      cwd,
      env: { ...base, ...env },
      extendEnv: false,
      reject: false,
      stripFinalNewline: false,
      maxBuffer: outputBytesMax,
      timeout: 300_000,
      ...(input === undefined ? { stdin: "ignore" } : { input }),
    });
    if (result.exitCode === undefined) throw describeMissing(result.cause ?? result.message, cwd);
    if (!okExit.includes(result.exitCode)) throw describeFailure(args, cwd, result.stderr);
    return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode };
  };
}

function describeMissing(cause: unknown, cwd: string): MosError {
  const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
  return new MosError({
    code: missing ? "git-missing" : "git-failed",
    message: missing
      ? `git could not be started in ${cwd}: it is not on PATH, or the folder is not there`
      : `git did not end in ${cwd}: ${String(cause)}`,
    hint: missing ? "Install git (apt-get install git) and check the folder." : "Try again; if it stays, run git fsck in that repository.",
    cause,
  });
}

function describeFailure(args: readonly string[], cwd: string, stderr: string): MosError {
  const words = stderr.trim().split("\n").slice(-3).join(" ");
  const notRepository = /not a git repository/i.test(stderr);
  return new MosError({
    code: notRepository ? "not-a-repository" : "git-failed",
    message: notRepository ? `${cwd} is not a git repository` : `git ${args[0]} failed in ${cwd}: ${words}`,
    hint: notRepository
      ? "Give the path of a repository, or make one with git init."
      : "Run git fsck in that repository; git's own words say what is wrong.",
  });
}
