import { spawnSync } from "node:child_process";

const outputBytesMax = 64 * 1024 * 1024;
const wallMs = 30_000;

/** Git in a tree, without locks, hooks, pager or fsmonitor. `undefined` when it fails: what it would say is not known. */
export function runGit(root: string, args: readonly string[], input?: string): string | undefined {
  const safe = ["-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false"];
  const result = spawnSync("git", [...safe, "--no-pager", ...args], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: "/nonexistent",
      LC_ALL: "C",
      TZ: "UTC",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
    },
    encoding: "utf8",
    maxBuffer: outputBytesMax,
    timeout: wallMs,
    ...(input === undefined ? {} : { input }),
  });
  return result.status === 0 ? result.stdout : undefined;
}

export function splitNul(text: string | undefined): string[] {
  return (text ?? "").split("\0").filter((part) => part !== "");
}
