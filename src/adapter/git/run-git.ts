import { type ChildProcess, spawn } from "node:child_process";
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
  // It would run gpg, and print its words among those that are parsed.
  "log.showSignature=false",
  // What a receipt says landed is on the disk: git's own default leaves loose objects and refs to the kernel.
  "core.fsync=committed",
].flatMap((setting) => ["-c", setting]);

export interface GitCall {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are answers, not failures. Default: 0. */
  readonly okExit?: readonly number[];
  /** `latin1`: a character for each byte. Default UTF-8. */
  readonly encoding?: "latin1";
}

export type RunGit = (call: GitCall) => Promise<{ stdout: string; stderr: string; exitCode: number }>;

const outputBytesMax = 256 * 1024 * 1024;
const wallMsMax = 300_000;

/**
 * Runs the host's git with a clean environment: of the operator's only PATH, HOME and XDG_CONFIG_HOME (for the identity).
 *
 * @throws MosError `git-missing`, `git-failed` with git's own words
 */
export function createRunGit(environment: Readonly<Record<string, string | undefined>>): RunGit {
  const base = baseOf(environment);
  return async ({ cwd, args, input, env, okExit = [0], encoding = "utf8" as const }) => {
    const child = spawn("git", [...safeSettings, ...args], {
      cwd,
      env: { ...base, ...env },
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      timeout: wallMsMax,
      killSignal: "SIGKILL",
    });
    const { exitCode, stdout, stderr, cause } = await readToEnd(child, { input, encoding });
    if (exitCode === null) throw describeMissing(cause, cwd);
    if (!okExit.includes(exitCode)) throw describeFailure(args, cwd, stderr);
    return { stdout, stderr, exitCode };
  };
}

/** Of the operator's environment only what git needs to find itself and the identity. */
function baseOf(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.fromEntries(
    ["PATH", "HOME", "XDG_CONFIG_HOME"].flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  );
  return {
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
}

/** Git that goes on answering, with the same environment: pipes to its input and output. */
export function startGit(
  environment: Readonly<Record<string, string | undefined>>,
  { cwd, args }: Pick<GitCall, "cwd" | "args">,
): ChildProcess {
  return spawn("git", [...safeSettings, ...args], { cwd, env: baseOf(environment), stdio: ["pipe", "pipe", "ignore"] });
}

function readToEnd(child: ChildProcess, { input, encoding }: { input: GitCall["input"]; encoding: BufferEncoding }) {
  return new Promise<{ exitCode: number | null; stdout: string; stderr: string; cause?: unknown }>((resolve) => {
    const outputs: [Buffer[], Buffer[]] = [[], []];
    let bytes = 0;
    let cause: unknown;
    for (const [index, stream] of [child.stdout, child.stderr].entries()) {
      stream?.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        outputs[index as 0 | 1].push(chunk);
        if (bytes <= outputBytesMax) return;
        cause = `it printed over ${outputBytesMax} bytes`;
        child.kill("SIGKILL");
      });
    }
    // Who ends before it has read everything says so by its exit code.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
    child.once("error", (error) => {
      cause = error;
      if (child.pid === undefined) resolve({ exitCode: null, stdout: "", stderr: "", cause });
    });
    child.once("close", (exitCode, signal) => {
      const [stdout, stderr] = outputs.map((chunks, at) => Buffer.concat(chunks).toString(at === 0 ? encoding : "utf8")) as [
        string,
        string,
      ];
      resolve({ exitCode: cause === undefined ? exitCode : null, stdout, stderr, cause: cause ?? signal });
    });
  });
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
