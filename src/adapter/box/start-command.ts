import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { pipeline, Readable, type Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { MosError } from "../../contract/error.ts";
import type { BoxCommand, BoxResult } from "../../port/box.ts";
import { closeInheritedArgv } from "./close-descriptors.ts";
import { createOutputKeeper, openLog } from "./collect-output.ts";
import { watchUsage } from "./watch-usage.ts";

export const installHint = "Install bubblewrap (apt-get install bubblewrap) and allow unprivileged user namespaces.";

const diskBytesDefault = 16 * 1024 ** 3;

/**
 * Starts the command line and keeps it to the command's limits. What is ended is ended whole: with its first process the
 * kernel ends all others of the box.
 *
 * @param filterFile  the seccomp filter, handed over as descriptor 3
 */
export function startCommand(command: BoxCommand, launchArgv: readonly string[], filterFile: string): Promise<BoxResult> {
  const { limits, signal } = command;
  const startedAt = performance.now();
  const [program = "bwrap", ...argv] = [...closeInheritedArgv([0, 1, 2, 3]), ...launchArgv];
  const filter = openSync(filterFile, "r");
  const log = openLog(command.logFile, limits.outputBytes);
  return new Promise<BoxResult>((resolve, reject) => {
    let endedBy: BoxResult["endedBy"] | undefined;
    const child = spawn(program, argv, {
      stdio: [command.input === undefined ? "ignore" : "pipe", "pipe", "pipe", filter],
      cwd: "/",
      detached: true,
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
    });
    const end = (reason: BoxResult["endedBy"]) => {
      endedBy ??= reason;
      killGroup(child.pid);
    };
    const keepers = [1, 2].map(() => createOutputKeeper({ bytesMax: limits.outputBytes, onFlood: () => end("output-limit") }));
    const [stdout, stderr] = keepers as [(typeof keepers)[0], (typeof keepers)[0]];
    const timer = setTimeout(() => end("timeout"), limits.wallMs);
    const watch = watchUsage({
      pid: child.pid ?? 0,
      memoryBytes: limits.memoryBytes,
      diskBytes: limits.diskBytes ?? diskBytesDefault,
      folders: command.mounts.flatMap(({ from, writable }) => (writable ? [from] : [])),
      temporary: ["/tmp", "/dev/shm", ...(command.tmpfs ?? [])],
      onExceed: end,
    });
    const onAbort = () => end("abort");
    signal?.addEventListener("abort", onAbort, { once: true });
    const settle = () => {
      clearTimeout(timer);
      watch.stop();
      signal?.removeEventListener("abort", onAbort);
      closeSync(filter);
    };
    for (const [name, keeper] of [
      ["stdout", stdout],
      ["stderr", stderr],
    ] as const) {
      const decoder = new StringDecoder("utf8");
      child[name]?.on("data", (chunk: Buffer) => {
        keeper.take(chunk);
        log.write(chunk);
        command.onOutput?.(decoder.write(chunk), name);
      });
    }
    if (child.stdin && command.input !== undefined) feed(child.stdin, command.input);
    child.once("error", (cause) => {
      settle();
      reject(
        new MosError({ code: "box-unavailable", message: `the sandbox could not be started: ${String(cause)}`, hint: installHint, cause }),
      );
    });
    child.once("close", (code) => {
      settle();
      void log.end().then(() =>
        resolve({
          exitCode: endedBy === undefined ? code : null,
          endedBy: endedBy ?? (code === null ? "signal" : "exit"),
          stdout: stdout.text(),
          stderr: stderr.text(),
          truncated: stdout.isTruncated() || stderr.isTruncated(),
          ms: performance.now() - startedAt,
        }),
      );
    });
    if (signal?.aborted) end("abort");
  });
}

/**
 * The launcher leads a process group: to end it alone, in the moment before its child has asked to die with it, would leave that
 * child waiting for ever. Once it is there, the first process of the box takes all others with it.
 */
function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** A command that ends before it has read everything is its own affair. */
function feed(stdin: Writable, input: string | AsyncIterable<string>): void {
  const source = Readable.from(typeof input === "string" ? [input] : input);
  pipeline(source, stdin, () => undefined);
}
