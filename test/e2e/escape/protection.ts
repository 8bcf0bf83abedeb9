/** What holds a probe back, as the edit of bubblewrap's arguments that takes it away. For tests alone: the product has no such switch. */
export type Protection = (argv: readonly string[], place: { folder: string }) => string[];

/** Takes out each run of arguments that begins with these words. */
function without(...groups: string[][]): Protection {
  return (argv) => {
    const kept: string[] = [];
    for (let at = 0; at < argv.length; ) {
      const group = groups.find((words) => words.every((word, index) => argv[at + index] === word));
      if (group) at += group.length;
      else kept.push(argv[at++] as string);
    }
    return kept;
  };
}

/** Takes out what is laid over a path of the box. */
function withoutMount(...targets: string[]): Protection {
  return (argv) => argv.filter((word, at) => ![at, at + 1, at + 2].some((end) => isMountOf(argv, end, targets)) || word === undefined);
}

function isMountOf(argv: readonly string[], end: number, targets: readonly string[]): boolean {
  return targets.includes(argv[end] ?? "") && ["--ro-bind", "--bind"].includes(argv[end - 2] ?? "");
}

function both(...parts: Protection[]): Protection {
  return (argv, place) => parts.reduce<string[]>((edited, part) => part(edited, place), [...argv]);
}

/** Puts mounts in before the root becomes read-only. */
function shown(words: (folder: string) => string[]): Protection {
  return (argv, { folder }) => {
    const at = argv.findLastIndex((word, index) => word === "--remount-ro" && argv[index + 1] === "/");
    return [...argv.slice(0, at), ...words(folder), ...argv.slice(at)];
  };
}

function replaced(from: string[], to: string[]): Protection {
  return (argv) => {
    const at = argv.findIndex((_word, index) => from.every((word, offset) => argv[index + offset] === word));
    return at === -1 ? [...argv] : [...argv.slice(0, at), ...to, ...argv.slice(at + from.length)];
  };
}

const filter = without(["--seccomp", "3"]);
const network = without(["--unshare-net"]);
const userZero = both(replaced(["--uid", "20001"], ["--uid", "0"]), replaced(["--gid", "20001"], ["--gid", "0"]));
const rights = both(filter, userZero, without(["--disable-userns"]), replaced(["--cap-drop", "ALL"], ["--cap-add", "ALL"]));
/** As root the box's first process has process ids of its own too. */
const processes = both(without(["--unshare-pid"]), replaced(["--proc", "/proc"], ["--ro-bind", "/proc", "/proc"]));

export const protections = {
  filter,
  network,
  rights,
  processes,
  "filter and network": both(filter, network),
  "filter and no namespaces": both(filter, without(["--disable-userns"])),
  "read-only root": without(["--remount-ro", "/"]),
  "read-only /dev": without(["--remount-ro", "/dev"]),
  "own /dev": both((argv) => {
    const at = argv.findIndex((word, index) => word === "--dev" && argv[index + 1] === "/dev");
    const end = argv.findIndex((word, index) => word === "--remount-ro" && argv[index + 1] === "/dev");
    return [...argv.slice(0, at), "--dev-bind", "/dev", "/dev", ...argv.slice(end + 2)];
  }),
  "allowed mounts": shown((folder) => ["--bind", folder, folder]),
  "no /var": shown(() => ["--ro-bind", "/var", "/var"]),
  "no /sys": shown(() => ["--ro-bind", "/sys", "/sys"]),
  "no /run": shown(() => ["--ro-bind", "/run", "/run"]),
  "pinned .git": withoutMount("/work/tree/.git"),
  "pinned settings": withoutMount("/work/tree/.claude", "/work/tree/.mcp.json"),
  "pinned configuration": withoutMount("/work/git/config"),
  "pinned hooks": withoutMount("/work/git/hooks"),
  "pinned info": withoutMount("/work/git/info"),
  "pinned main": withoutMount("/work/git/refs/heads/main"),
  "pinned alternates": withoutMount("/work/git/objects/info"),
  "pinned alternates and allowed mounts": both(
    withoutMount("/work/git/objects/info"),
    shown((folder) => ["--bind", folder, folder]),
  ),
  "read-only objects": (argv) => {
    const at = argv.indexOf("/work/objects");
    return argv.map((word, index) => (index === at - 2 ? "--bind" : word));
  },
  "own ipc": without(["--unshare-ipc"]),
  "own host name": without(["--unshare-uts"], ["--hostname", "box"]),
  "clean environment": without(["--clearenv"]),
  "another user inside": userZero,
  "a descriptor is passed on": (argv, { folder }) => ["/bin/bash", "--norc", "-c", `exec 9< '${folder}'; exec "$@"`, "mos-open", ...argv],
  "process limit": (argv) => argv.filter((word) => !word.startsWith("--nproc=")),
  "memory limit": (argv) => argv.filter((word) => !word.startsWith("--data=")),
  "file limit": (argv) => argv.filter((word) => !word.startsWith("--fsize=")),
  "size of /tmp": sizeless("/tmp"),
  "size of /dev/shm": sizeless("/dev/shm"),
} as const satisfies Record<string, Protection>;

export type ProtectionName = keyof typeof protections;

function sizeless(path: string): Protection {
  return (argv) => {
    const at = argv.findIndex((word, index) => word === "--size" && argv[index + 3] === path);
    return [...argv.slice(0, at), ...argv.slice(at + 2)];
  };
}
