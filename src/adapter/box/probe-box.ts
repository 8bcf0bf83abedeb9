import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BoxCommand, BoxProbe, BoxProperty, BoxResult } from "../../port/box.ts";
import { agentUid, ownEtc, ownVariables } from "./build-argv.ts";
import { buildProbeProgram, readAnswers, type SystemCall } from "./probe-program.ts";
import { installHint } from "./start-command.ts";
import { type CallName, callNumbers } from "./system-calls.ts";
import { architecture } from "./write-support.ts";

/**
 * Tries, harmlessly, what a box is to hold: one that does all the tries, and one that overstays beside it. What is not seen to
 * hold does not hold.
 *
 * @param run  starts a command in a box that is not probed yet
 * @param uid  of this process
 */
export async function probeBox(args: { run: (command: BoxCommand) => Promise<BoxResult>; dir: string; uid: number }): Promise<BoxProbe> {
  let folder: string | undefined;
  try {
    mkdirSync(args.dir, { recursive: true, mode: 0o755 });
    folder = mkdtempSync(join(args.dir, "probe-"));
    chmodSync(folder, 0o755);
    const out = join(folder, "out");
    const program = join(folder, "program");
    mkdirSync(out, { mode: 0o700 });
    if (args.uid === 0) chownSync(out, agentUid, agentUid);
    writeFileSync(
      program,
      buildProbeProgram(
        architecture,
        tries.map(({ call }) => call),
      ),
      { mode: 0o755 },
    );
    const mounts = [
      { from: out, to: "/work/out", writable: true },
      { from: program, to: "/work/program" },
    ];
    const limits = { wallMs: 10_000, outputBytes: 4096, memoryBytes: memoryBytes, processes: processesMax };
    const [main, slow] = await Promise.all([
      args.run({ argv: ["/bin/sh", "-c", script], mounts, cwd: "/tmp", limits }),
      args.run({ argv: ["/bin/sleep", "20"], mounts: [], cwd: "/tmp", limits: { ...limits, wallMs: 40 } }),
    ]);
    const read = (name: string) => readIfThere(join(out, name));
    if (read("end") === undefined) return { ok: false, reason: explainStart(main), remedy: installHint };
    const properties = judge({ read, main, slow, uid: args.uid, owner: statSync(join(out, "end")).uid });
    const missing = properties.filter((property) => property.essential && !property.enforced);
    if (missing.length === 0) return { ok: true, kind: "bubblewrap", properties };
    const words = missing.map(({ name, detail }) => (detail ? `${name} (${detail})` : name)).join("; ");
    return { ok: false, reason: `it does not hold: ${words}`, remedy: installHint, properties };
  } catch (cause) {
    return { ok: false, reason: cause instanceof Error ? cause.message : String(cause), remedy: installHint };
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

const memoryBytes = 96 * 1024 ** 2;
const processesMax = 16;

/** Writes what it sees to files, then starts more processes than it may, then says more than is kept. */
const script = `cd /work/out
cat /proc/self/mountinfo > mounts
cat /proc/self/status > status
cat /proc/net/dev > devices
env > environment
ls /proc > processes
ls /proc/self/fd > descriptors
for folder in / /usr /etc /dev /opt/mos /opt/mos/bin /work /proc /proc/sys /run /sys /root /home /var; do
  (: > $folder/mos-probe) 2>/dev/null && echo $folder
done > writable
/work/program > answers
(i=0; while [ $i -lt ${processesMax * 2} ]; do sleep 9 & i=$((i+1)); done; echo all) > forks 2>/dev/null
echo end > end
line=$(cat /proc/self/status)
while :; do echo "$line"; done`;

interface Seen {
  readonly read: (name: string) => string | undefined;
  readonly main: BoxResult;
  readonly slow: BoxResult;
  readonly uid: number;
  /** Of a file that was made inside. */
  readonly owner: number;
}

function judge({ read, main, slow, uid, owner }: Seen): BoxProperty[] {
  const status = read("status") ?? "";
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "?";
  const must = (name: string, wrong: readonly string[]): BoxProperty => ({
    name,
    enforced: wrong.length === 0,
    essential: true,
    ...(wrong.length === 0 ? {} : { detail: wrong.join(", ").slice(0, 300) }),
  });
  const lines = (name: string) => (read(name) ?? "not seen").split("\n").filter((line) => line !== "");
  const capabilities = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].filter((name) => !/^0+$/.test(field(name)));
  const expectedUid = uid === 0 ? agentUid : uid;
  return [
    must("commands run as an ordinary user", owner === expectedUid && owner !== 0 ? [] : [`uid ${owner}`]),
    must("no capabilities, and none to be had", [...capabilities, ...(field("NoNewPrivs") === "1" ? [] : ["new privileges"])]),
    must("the system is read-only", lines("writable")),
    must("nothing is mounted but what is shown", listStrayMounts(read("mounts") ?? "")),
    must("no network", [...lines("devices").flatMap(nameOtherDevice), ...listAnswered("network", read)]),
    must(
      "no processes of the host",
      lines("processes").filter((name) => /^\d+$/.test(name) && Number(name) > 64),
    ),
    must("the filter of system calls", [...(field("Seccomp") === "2" ? [] : ["no filter"]), ...listAnswered("calls", read)]),
    must("no unix or foreign sockets", listAnswered("sockets", read)),
    must(
      "no descriptor is passed on",
      lines("descriptors").filter((name) => Number(name) > 3),
    ),
    must("the environment is made anew", lines("environment").flatMap(nameForeignVariable)),
    must("a limit on processes", (read("forks") ?? "all").includes("all") ? ["twice as many could be started"] : []),
    must("a limit on memory", listAnswered("memory", read)),
    must("a limit on output", main.endedBy === "output-limit" ? [] : [`ended by ${main.endedBy}`]),
    must("a limit on time", slow.endedBy === "timeout" ? [] : [`ended by ${slow.endedBy}`]),
    {
      name: "a sealed domain's files belong to a uid of their own",
      enforced: uid === 0,
      essential: false,
      ...(uid === 0 ? {} : { detail: "Master OS would have to run as root for that" }),
    },
  ];
}

const shownMounts = new RegExp(
  `^/(${["usr", "proc(/.*)?", "dev(/.*)?", "tmp", "opt/mos/.*", "opt/node", "work/(out|program)"].join("|")}|etc/(${[
    ...["ld\\.so\\.cache", "alternatives", "localtime", "python3"],
    ...ownEtc.map((name) => name.replace(".", "\\.")),
  ].join("|")}))?$`,
);

function listStrayMounts(mountinfo: string): string[] {
  const mounts = mountinfo.split("\n").flatMap((line) => {
    const [, , , , path, options] = line.split(" ");
    return path === undefined || options === undefined ? [] : [{ path, readOnly: options.split(",").includes("ro") }];
  });
  const last = (path: string) => mounts.findLast((mount) => mount.path === path);
  const writable = ["/", "/usr", "/dev", "/proc/sys"].filter((path) => !last(path)?.readOnly).map((path) => `${path} writable`);
  return [...mounts.flatMap(({ path }) => (shownMounts.test(path) ? [] : [path])), ...writable];
}

function nameOtherDevice(line: string): string[] {
  const name = /^\s*([^\s:|]+):/.exec(line)?.[1];
  return name === undefined || name === "lo" ? [] : [name];
}

function nameForeignVariable(line: string): string[] {
  const name = line.split("=")[0] ?? "";
  return ownVariables.some((own) => own === name) || ["PWD", "OLDPWD", "SHLVL", "_"].includes(name) ? [] : [name];
}

interface Try {
  readonly of: "calls" | "sockets" | "network" | "memory";
  readonly name: CallName;
  readonly call: SystemCall;
  /** The answers that mean: refused. */
  readonly refused: readonly number[];
}

const [eperm, enomem, enosys, enetunreach] = [-1, -12, -38, -101];

function tryCall(of: Try["of"], name: CallName, args: SystemCall["args"], refused: readonly number[]): Try[] {
  const number = callNumbers[architecture].calls[name];
  return number === undefined ? [] : [{ of, name, call: { number, args: args ?? [] }, refused }];
}

const noBytes = new Uint8Array(64);
/** 203.0.113.1, port 9: an address that is nobody's. Asked for by a datagram socket: nothing is sent. */
const nobodysAddress = new Uint8Array([2, 0, 0, 9, 203, 0, 113, 1, 0, 0, 0, 0, 0, 0, 0, 0]);

/** The first answer is a socket that `connect` uses. */
const tries: readonly Try[] = [
  ...tryCall("network", "socket", [2, 2, 0], []),
  ...tryCall("network", "connect", [{ answerOf: 0 }, nobodysAddress, 16], [enetunreach]),
  ...tryCall("memory", "mmap", [0, 4 * memoryBytes, 3, 0x22, -1, 0], [enomem]),
  ...tryCall("calls", "io_uring_setup", [1, noBytes], [eperm]),
  ...tryCall("calls", "keyctl", [0, -3, 0], [eperm]),
  ...tryCall("calls", "add_key", [noBytes, noBytes, 0, 0, -3], [eperm]),
  ...tryCall("calls", "ptrace", [0, 0, 0, 0], [eperm]),
  ...tryCall("calls", "mount", [noBytes, noBytes, noBytes, 0, 0], [eperm]),
  ...tryCall("calls", "unshare", [0x10000000], [eperm]),
  ...tryCall("calls", "clone3", [0, 0], [enosys]),
  ...tryCall("calls", "setns", [-1, 0], [eperm]),
  ...tryCall("calls", "open_by_handle_at", [-1, noBytes, 0], [eperm]),
  ...tryCall("calls", "process_vm_readv", [1, noBytes, 0, noBytes, 0, 0], [eperm]),
  ...tryCall("calls", "bpf", [0, 0, 0], [eperm]),
  ...tryCall("calls", "perf_event_open", [0, 0, 0, 0, 0], [eperm]),
  ...tryCall("calls", "userfaultfd", [1], [eperm]),
  ...tryCall("calls", "ioctl", [0, 0x5412, noBytes], [eperm]),
  ...tryCall("sockets", "socket", [1, 1, 0], [eperm]),
  ...tryCall("sockets", "socketpair", [1, 2, 0, noBytes], [eperm]),
  ...tryCall("sockets", "socket", [16, 3, 9], [eperm]),
  ...tryCall("sockets", "socket", [17, 3, 0], [eperm]),
  ...tryCall("sockets", "socket", [40, 1, 0], [eperm]),
];

/** The tries that were not refused. */
function listAnswered(of: Try["of"], read: Seen["read"]): string[] {
  const answers = readAnswers(Buffer.from(read("answers") ?? "", "latin1"));
  return tries.flatMap((one, index) => {
    const answer = answers[index];
    if (one.of !== of || one.refused.length === 0) return [];
    return answer !== undefined && one.refused.includes(answer) ? [] : [`${one.name} answered ${answer ?? "nothing"}`];
  });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

function explainStart(result: BoxResult): string {
  return result.stderr.trim() || `it ended with ${result.exitCode ?? result.endedBy}`;
}
