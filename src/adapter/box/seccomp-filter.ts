import { type Architecture, type CallName, callNumbers, newestCall } from "./system-calls.ts";

/**
 * A classic BPF filter for seccomp: system calls that reach around a mount namespace, that watch or steer another
 * process, or that few programs need and many attacks began with, answer EPERM. clone3 answers ENOSYS, since a filter cannot
 * read its flags and libc then uses clone; so do calls that are newer than this list. A foreign architecture's and x32's end
 * the process.
 */
export function buildSeccompFilter(args: { architecture: Architecture; allowUnixSockets: boolean }): Uint8Array {
  const { audit, calls } = callNumbers[args.architecture];
  const on = (name: CallName, rows: readonly Row[]): Row[] => {
    const number = calls[name];
    return number === undefined ? [] : [[jumpEqual, 0, rows.length, number], ...rows];
  };
  const rows: Row[] = [
    [load, 0, 0, 4],
    [jumpEqual, 1, 0, audit],
    [answer, 0, 0, kill],
    [load, 0, 0, 0],
    ...(args.architecture === "x64" ? ([[jumpAtLeast, 0, 1, x32Bit], end(kill)] as Row[]) : []),
    [jumpAtLeast, 0, 1, newestCall + 1],
    end(unknown),
    ...refused.flatMap((name) => on(name, [end(refuse)])),
    ...on("clone3", [end(unknown)]),
    ...on("clone", refuseFlags(namespaceFlags)),
    ...on("unshare", refuseFlags(namespaceFlags | timeNamespace)),
    ...on("ioctl", refuseValues(1, terminalInjections)),
    ...on("personality", allowValues(0, plainPersonalities)),
    ...on("socket", allowSocket(args.allowUnixSockets)),
    ...(args.allowUnixSockets ? [] : on("socketpair", allowPair())),
    end(allow),
  ];
  const bytes = new DataView(new ArrayBuffer(rows.length * 8));
  rows.forEach(([code, whenTrue, whenFalse, value], index) => {
    bytes.setUint16(index * 8, code, true);
    bytes.setUint8(index * 8 + 2, whenTrue);
    bytes.setUint8(index * 8 + 3, whenFalse);
    bytes.setUint32(index * 8 + 4, value >>> 0, true);
  });
  return new Uint8Array(bytes.buffer);
}

/** Code, jump when true, jump when false, value. */
type Row = readonly [number, number, number, number];

const [load, jumpEqual, jumpAtLeast, jumpSet, and, answer] = [0x20, 0x15, 0x35, 0x45, 0x54, 0x06];
const [allow, refuse, unknown, kill] = [0x7fff0000, 0x00050001, 0x00050026, 0x80000000];
const x32Bit = 0x40000000;

const refused: readonly CallName[] = [
  ...(["io_uring_setup", "io_uring_enter", "io_uring_register"] as const),
  ...(["add_key", "request_key", "keyctl"] as const),
  ...(["mount", "umount2", "pivot_root", "chroot", "open_tree", "open_tree_attr", "move_mount", "mount_setattr"] as const),
  ...(["fsopen", "fsconfig", "fsmount", "fspick", "setns"] as const),
  ...(["ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd"] as const),
  ...(["bpf", "perf_event_open", "userfaultfd", "fanotify_init", "open_by_handle_at", "lookup_dcookie"] as const),
  ...(["kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "reboot", "syslog"] as const),
  ...(["acct", "quotactl", "quotactl_fd", "swapon", "swapoff", "nfsservctl", "vhangup", "uselib", "modify_ldt"] as const),
  ...(["iopl", "ioperm", "settimeofday", "clock_settime", "sethostname", "setdomainname"] as const),
  ...(["move_pages", "migrate_pages"] as const),
];

/** NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const namespaceFlags = 0x7e020000;
/** Of unshare alone: in clone these bits are the signal. */
const timeNamespace = 0x80;
/** TIOCSTI, TIOCLINUX and TIOCSETD: words put into somebody else's terminal. */
const terminalInjections = [0x5412, 0x541c, 0x5423];
/** Linux, 32-bit Linux, the same with another uname, and the question what it is. */
const plainPersonalities = [0, 8, 0x20000, 0x20008, 0xffffffff];
const [afUnix, afInet, afInet6, afNetlink] = [1, 2, 10, 16];
const [streamPair, packetPair] = [1, 5];

function end(action: number): Row {
  return [answer, 0, 0, action];
}

/** Loads the low word of an argument: the kernel reads these as 32 bits. */
function argument(index: number): Row {
  return [load, 0, 0, 16 + 8 * index];
}

function refuseFlags(flags: number): Row[] {
  return [argument(0), [jumpSet, 0, 1, flags], end(refuse), end(allow)];
}

function refuseValues(index: number, values: readonly number[]): Row[] {
  return [argument(index), ...values.flatMap((value): Row[] => [[jumpEqual, 0, 1, value], end(refuse)]), end(allow)];
}

function allowValues(index: number, values: readonly number[]): Row[] {
  return [argument(index), ...values.flatMap((value): Row[] => [[jumpEqual, 0, 1, value], end(allow)]), end(refuse)];
}

/** Internet; the routing question that libc asks by netlink, and no other; unix where it is allowed. */
function allowSocket(unix: boolean): Row[] {
  const families = [afInet, afInet6, ...(unix ? [afUnix] : [])];
  return [
    argument(0),
    ...families.flatMap((family): Row[] => [[jumpEqual, 0, 1, family], end(allow)]),
    [jumpEqual, 1, 0, afNetlink],
    end(refuse),
    argument(2),
    [jumpEqual, 0, 1, 0],
    end(allow),
    end(refuse),
  ];
}

/** A pair of datagram sockets can be pointed at any socket by its name; the others are connected for good. */
function allowPair(): Row[] {
  return [
    argument(1),
    [and, 0, 0, 0xf],
    ...[streamPair, packetPair].flatMap((type): Row[] => [[jumpEqual, 0, 1, type], end(allow)]),
    end(refuse),
  ];
}
