import { spawn } from "node:child_process";
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import { pipeline, Readable, type Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { MosError } from "../../contract/error.ts";
import type { Box, BoxCommand, BoxResult } from "../../port/box.ts";
import { agentUid, type BoxSupport, buildBoxArgv, listSources, ownEtc } from "./build-argv.ts";
import { closeInheritedArgv } from "./close-descriptors.ts";
import { createOutputKeeper, openLog } from "./collect-output.ts";
import { forwardArgv, registryPort, relayPort } from "./forward-loopback.ts";
import { registryHosts, startRegistryProxy } from "./registry-proxy.ts";
import { buildSeccompFilter } from "./seccomp-filter.ts";

/**
 * The tool box on Linux, by bubblewrap. As root, Master OS binds what the box is to show under a private mount
 * namespace and drops to an unprivileged uid before bubblewrap starts: with uid 0 inside, forbidden mounts came back.
 *
 * @param supportDir  a folder of Master OS's own for the few files that the box needs; made here
 * @param chore  the bundled chore program, copied there
 * @param uid  of this process
 */
export function createBubblewrapBox(args: { supportDir: string; chore: string; uid: number; node?: string }): Box {
  let prepared: Prepared | undefined;
  let probed: ReturnType<Box["probe"]> | undefined;
  const prepare = () => {
    prepared ??= writeSupport(args);
    return prepared;
  };

  const box: Box = {
    probe: () => {
      probed ??= probeBox((command) => start(command, prepare(), args.uid));
      return probed;
    },
    run: async (command) => {
      const found = await box.probe();
      if (!found.ok) throw new MosError({ code: "box-unavailable", message: `no sandbox here: ${found.reason}`, hint: found.remedy });
      if (command.network === undefined) return start(command, prepare(), args.uid);
      if (command.network === "registries") return runWithRegistries(command, prepare(), args.uid);
      return start(forwardTo(command, relayPort), showSocket(prepare(), command.network.relay, args.uid), args.uid);
    },
  };
  return box;
}

interface Prepared {
  readonly support: BoxSupport;
  readonly filter: string;
  readonly filterWithUnix: string;
  readonly dir: string;
}

function writeSupport({ supportDir, chore, node }: { supportDir: string; chore: string; node?: string }): Prepared {
  const bin = join(supportDir, "bin");
  const etc = join(supportDir, "etc");
  for (const folder of [bin, etc]) mkdirSync(folder, { recursive: true, mode: 0o755 });
  // By rename: another process of this workspace may be showing the old one in a box.
  const write = (path: string, content: string | Uint8Array, mode = 0o644) => {
    const whole = `${path}.${process.pid}`;
    writeFileSync(whole, content);
    chmodSync(whole, mode);
    renameSync(whole, path);
    return path;
  };
  write(join(bin, "mos-chore"), '#!/bin/sh\nexec node /opt/mos/chore.mjs "$@"\n', 0o755);
  for (const name of ownEtc) write(join(etc, name), etcFiles[name]);
  const architecture = process.arch === "arm64" ? "arm64" : "x64";
  return {
    dir: supportDir,
    support: {
      dir: supportDir,
      etc,
      bin,
      chore: write(join(supportDir, "chore.mjs"), readFileSync(chore)),
      ...(node === undefined || node.startsWith("/usr/") ? {} : { node: dirname(dirname(node)) }),
    },
    filter: write(join(supportDir, "no-unix.bpf"), buildSeccompFilter({ architecture, allowUnixSockets: false })),
    filterWithUnix: write(join(supportDir, "unix.bpf"), buildSeccompFilter({ architecture, allowUnixSockets: true })),
  };
}

const etcFiles: Record<(typeof ownEtc)[number], string> = {
  passwd: `agent:x:${agentUid}:${agentUid}::/tmp/home:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n`,
  group: `agent:x:${agentUid}:\nnogroup:x:65534:\n`,
  hosts: "127.0.0.1 localhost box\n::1 localhost\n",
  "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
};

async function runWithRegistries(command: BoxCommand, prepared: Prepared, uid: number): Promise<BoxResult> {
  const socket = join(prepared.dir, `registry-${process.pid}-${Math.round(performance.now() * 1000)}.sock`);
  rmSync(socket, { force: true });
  const proxy = await startRegistryProxy({ socket, hosts: registryHosts });
  const certificates = "/etc/ssl/certs/ca-certificates.crt";
  const shown = showSocket(prepared, socket, uid);
  const support = { ...shown.support, ...(existsSync(certificates) ? { certificates } : {}) };
  try {
    return await start(forwardTo(command, registryPort), { ...shown, support }, uid);
  } finally {
    await proxy.close();
    rmSync(socket, { force: true });
  }
}

function forwardTo(command: BoxCommand, port: number): BoxCommand {
  return { ...command, argv: forwardArgv(port, command.argv), unixSockets: true };
}

/** The socket is the box user's to connect to, and nobody else's. */
function showSocket(prepared: Prepared, socket: string, uid: number): Prepared {
  if (uid === 0) chownSync(socket, agentUid, agentUid);
  chmodSync(socket, 0o600);
  return { ...prepared, support: { ...prepared.support, socket } };
}

/** Where the private mount namespace of root shows what the box may see. An empty folder on the host. */
const stagingDir = "/run/mos-box";

const stagingScript = `set -e
mount -t tmpfs -o mode=755,size=1m mos-box ${stagingDir}
cd ${stagingDir}
i=0; for source in "$@"; do
  if [ "$source" = "--" ]; then break; fi
  folders="$folders f$i"; i=$((i+1))
done
mkdir $folders
i=0
while [ "$1" != "--" ]; do
  if [ -d "$1" ]; then mount --bind "$1" f$i; else rmdir f$i; : > f$i; mount --bind "$1" f$i; fi
  i=$((i+1)); shift
done
shift
cd /
exec "$@"`;

function launcherArgv(command: BoxCommand, prepared: Prepared, uid: number): string[] {
  const common = { command, support: prepared.support, seccompFd: 3, exists: existsSync };
  if (uid !== 0) return ["bwrap", ...buildBoxArgv({ ...common, show: (path) => path })];
  const sources = dropCovered(listSources(command, prepared.support));
  mkdirSync(stagingDir, { recursive: true, mode: 0o755 });
  return [
    ...["unshare", "--mount", "--propagation", "private", "--", "/bin/sh", "-c", stagingScript, "mos-box", ...sources, "--"],
    ...["setpriv", "--reuid", String(agentUid), "--regid", String(agentUid), "--clear-groups", "--no-new-privs", "bwrap"],
    ...buildBoxArgv({ ...common, show: (path) => showStaged(sources, path) }),
  ];
}

/** What lies below another source is reached through it: each bind costs a process. */
function dropCovered(sources: readonly string[]): string[] {
  return sources.filter((path) => !sources.some((other) => other !== path && path.startsWith(`${other}/`)));
}

function showStaged(sources: readonly string[], path: string): string {
  const index = sources.findIndex((source) => path === source || path.startsWith(`${source}/`));
  if (index === -1) throw new Error(`${path} was not staged for the box`);
  return `${stagingDir}/f${index}${path.slice(sources[index]?.length)}`;
}

function start(command: BoxCommand, prepared: Prepared, uid: number): Promise<BoxResult> {
  const { limits, signal } = command;
  const startedAt = performance.now();
  const [program = "bwrap", ...argv] = [...closeInheritedArgv([0, 1, 2, 3]), ...launcherArgv(command, prepared, uid)];
  const filter = openSync(command.unixSockets ? prepared.filterWithUnix : prepared.filter, "r");
  const log = openLog(command.logFile, limits.outputBytes);
  return new Promise<BoxResult>((resolve, reject) => {
    let endedBy: BoxResult["endedBy"] | undefined;
    const child = spawn(program, argv, {
      stdio: [command.input === undefined ? "ignore" : "pipe", "pipe", "pipe", filter],
      cwd: "/",
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
    });
    const end = (reason: BoxResult["endedBy"]) => {
      endedBy ??= reason;
      child.kill("SIGKILL");
    };
    const keepers = [1, 2].map(() => createOutputKeeper({ bytesMax: limits.outputBytes, onFlood: () => end("output-limit") }));
    const [stdout, stderr] = keepers as [(typeof keepers)[0], (typeof keepers)[0]];
    const timer = setTimeout(() => end("timeout"), limits.wallMs);
    const onAbort = () => end("abort");
    signal?.addEventListener("abort", onAbort, { once: true });
    const settle = () => {
      clearTimeout(timer);
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

/** A command that ends before it has read everything is its own affair. */
function feed(stdin: Writable, input: string | AsyncIterable<string>): void {
  const source = Readable.from(typeof input === "string" ? [input] : input);
  pipeline(source, stdin, () => undefined);
}

const installHint = "Install bubblewrap (apt-get install bubblewrap) and allow unprivileged user namespaces.";

/** Harmless: who am I in there, can I write outside, is there a way out. */
async function probeBox(run: (command: BoxCommand) => Promise<BoxResult>): ReturnType<Box["probe"]> {
  const script =
    "id -u; touch /probe 2>/dev/null && echo root-writable; ls /root /home 2>/dev/null; cut -d: -f1 /proc/net/dev | grep -v -e Inter -e face -e lo; echo end";
  const limits = { wallMs: 10_000, outputBytes: 4096, memoryBytes: 1024 ** 3, processes: 64 };
  try {
    const result = await run({ argv: ["/bin/sh", "-c", script], mounts: [], cwd: "/tmp", limits });
    const [uid, ...rest] = result.stdout.trim().split("\n");
    if (result.exitCode !== 0)
      return { ok: false, reason: result.stderr.trim() || `it ended with ${result.exitCode ?? result.endedBy}`, remedy: installHint };
    if (uid === "0") return { ok: false, reason: "commands would run as uid 0 in it", remedy: "Start Master OS as an ordinary user." };
    if (rest.join() !== "end") return { ok: false, reason: `it does not hold: ${rest.join(", ")}`, remedy: installHint };
    return { ok: true, kind: "bubblewrap" };
  } catch (cause) {
    return { ok: false, reason: cause instanceof Error ? cause.message : String(cause), remedy: installHint };
  }
}
