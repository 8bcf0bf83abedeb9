import type { SystemCall } from "../../../src/adapter/box/probe-program.ts";
import type { CommandProbe } from "./commands.ts";

/** A probe that makes system calls; the last answer decides. Numbers of x86-64. */
export interface CallProbe extends Omit<CommandProbe, "sh"> {
  readonly calls: (place: { victim: number; socket: string }) => readonly SystemCall[];
  readonly escaped: (answer: number) => boolean;
}

const bytes = (text: string) => new TextEncoder().encode(`${text}\0`);
const room = new Uint8Array(256);
const answered = (answer: number) => answer >= 0;
const notRefused = (answer: number) => answer !== -1;
const one =
  (number: number, ...args: NonNullable<SystemCall["args"]>) =>
  () => [{ number, args }];
const unixAddress = (name: string) => Uint8Array.from([1, 0, ...new TextEncoder().encode(name), 0]);
const [getpid, socket, connect, socketpair, unshare, pidfdOpen] = [39, 41, 42, 53, 272, 434];
const self = { answerOf: 0 } as const;
const withSelf =
  (number: number, ...args: NonNullable<SystemCall["args"]>) =>
  () => [{ number: getpid }, { number, args }];
const kernelSays = { notShown: "the kernel asks for more than the box's user has in any case" };

export const callProbes: readonly CallProbe[] = [
  { id: "chroot", class: "mount", calls: one(161, bytes("/tmp")), escaped: answered, without: "rights" },
  { id: "pivot-root", class: "mount", calls: one(155, bytes("/"), bytes("/")), escaped: notRefused, without: "rights" },
  { id: "open-tree", class: "mount", calls: one(428, -100, bytes("/usr"), 1), escaped: answered, without: "rights" },
  { id: "fsopen", class: "mount", calls: one(430, bytes("tmpfs"), 0), escaped: answered, without: "rights" },
  { id: "move-mount", class: "mount", calls: one(429, -1, bytes(""), -1, bytes(""), 0), escaped: notRefused, without: "rights" },
  { id: "mount-setattr", class: "mount", calls: one(442, -1, bytes(""), 0x1000, room, 32), escaped: notRefused, without: "rights" },
  { id: "file-handle", class: "mount", calls: one(304, -1, room, 0), escaped: notRefused, without: kernelSays },

  {
    id: "descriptor-taken",
    class: "descriptor",
    calls: () => [{ number: getpid }, { number: pidfdOpen, args: [self, 0] }, { number: 438, args: [{ answerOf: 1 }, 0, 0] }],
    escaped: answered,
    without: "filter",
  },

  {
    id: "unix-abstract",
    class: "socket",
    calls: () => [
      { number: socket, args: [1, 1, 0] },
      { number: connect, args: [{ answerOf: 0 }, unixAddress("\0mos-escape".padEnd(107, "\0")), 110] },
    ],
    escaped: answered,
    without: "filter and network",
  },
  {
    id: "unix-path",
    class: "socket",
    calls: ({ socket: path }) => [
      { number: socket, args: [1, 1, 0] },
      { number: connect, args: [{ answerOf: 0 }, unixAddress(path), 3 + path.length] },
    ],
    escaped: answered,
    without: "filter",
  },
  { id: "unix-datagram", class: "socket", calls: one(socket, 1, 2, 0), escaped: answered, without: "filter" },
  { id: "unix-pair", class: "socket", calls: one(socketpair, 1, 2, 0, room), escaped: answered, without: "filter" },
  { id: "netlink-events", class: "socket", calls: one(socket, 16, 3, 15), escaped: answered, without: "filter" },
  { id: "netlink-generic", class: "socket", calls: one(socket, 16, 3, 16), escaped: answered, without: "filter" },
  { id: "raw", class: "socket", calls: one(socket, 2, 3, 1), escaped: answered, without: "rights" },
  { id: "packet", class: "socket", calls: one(socket, 17, 3, 768), escaped: answered, without: "rights" },
  { id: "vsock", class: "socket", calls: one(socket, 40, 1, 0), escaped: notRefused, without: "filter" },
  { id: "crypto", class: "socket", calls: one(socket, 38, 5, 0), escaped: notRefused, without: "filter" },

  { id: "trace-me", class: "ptrace", calls: one(101, 0, 0, 0, 0), escaped: answered, without: "filter" },
  { id: "trace-first", class: "ptrace", calls: one(101, 0x4206, 1, 0, 0), escaped: answered, without: kernelSays },
  { id: "read-memory", class: "ptrace", calls: withSelf(310, self, room, 0, room, 0, 0), escaped: answered, without: "filter" },
  { id: "write-memory", class: "ptrace", calls: withSelf(311, self, room, 0, room, 0, 0), escaped: answered, without: "filter" },
  { id: "compare", class: "ptrace", calls: withSelf(312, self, self, 2, 0, 0), escaped: answered, without: "filter" },

  { id: "session-keyring", class: "keyring", calls: one(250, 0, -3, 1), escaped: answered, without: "filter" },
  { id: "join-keyring", class: "keyring", calls: one(250, 1, 0), escaped: answered, without: "filter" },
  {
    id: "add-key",
    class: "keyring",
    calls: one(248, bytes("user"), bytes("mos"), bytes("x"), 1, -2),
    escaped: answered,
    without: "filter",
  },
  { id: "request-key", class: "keyring", calls: one(249, bytes("user"), bytes("mos-none"), 0, 0), escaped: notRefused, without: "filter" },

  { id: "new-mounts", class: "namespace", calls: one(unshare, 0x20000), escaped: answered, without: "rights" },
  { id: "new-network", class: "namespace", calls: one(unshare, 0x40000000), escaped: answered, without: "rights" },
  { id: "new-names", class: "namespace", calls: one(unshare, 0x04000000), escaped: answered, without: "rights" },
  { id: "new-ipc", class: "namespace", calls: one(unshare, 0x08000000), escaped: answered, without: "rights" },
  { id: "new-groups", class: "namespace", calls: one(unshare, 0x02000000), escaped: answered, without: "rights" },
  { id: "new-processes", class: "namespace", calls: one(unshare, 0x20000000), escaped: answered, without: "rights" },
  { id: "clone3", class: "namespace", calls: one(435, 0, 0), escaped: (answer) => answer !== -38, without: "filter" },
  { id: "enter", class: "namespace", calls: one(308, -1, 0), escaped: notRefused, without: "filter" },

  { id: "type-into-terminal", class: "device", calls: one(16, 1, 0x5412, room), escaped: notRefused, without: "filter" },
  { id: "paste-into-terminal", class: "device", calls: one(16, 1, 0x541c, room), escaped: notRefused, without: "filter" },

  { id: "become-root", class: "setuid", calls: one(105, 0), escaped: answered, without: "another user inside" },
  { id: "become-root-group", class: "setuid", calls: one(106, 0), escaped: answered, without: "another user inside" },

  {
    id: "handle-of-process",
    class: "signal",
    calls: ({ victim }) => [{ number: pidfdOpen, args: [victim, 0] }],
    escaped: answered,
    without: "processes",
  },
  {
    id: "signal-by-number",
    class: "signal",
    calls: ({ victim }) => [{ number: 62, args: [victim, 0] }],
    escaped: answered,
    without: "processes",
  },

  { id: "memory", class: "limit", calls: one(9, 0, 512 * 1024 ** 2, 3, 0x22, -1, 0), escaped: answered, without: "memory limit" },

  { id: "io-uring", class: "call", calls: one(425, 1, room), escaped: notRefused, without: "filter" },
  { id: "user-faults", class: "call", calls: one(323, 1), escaped: answered, without: "filter" },
  { id: "file-events", class: "call", calls: one(300, 0x200, 0), escaped: answered, without: "filter" },
  { id: "personality", class: "call", calls: one(135, 0x0400000), escaped: answered, without: "filter" },
  { id: "local-descriptors", class: "call", calls: one(154, 0, room, 16), escaped: answered, without: "filter" },
  { id: "move-pages", class: "call", calls: one(279, 0, 0, 0, 0, 0, 0), escaped: answered, without: "filter" },
  { id: "performance", class: "call", calls: one(298, room, 0, -1, -1, 0), escaped: notRefused, without: "filter" },
  { id: "kernel-program", class: "call", calls: one(321, 0, room, 32), escaped: notRefused, without: kernelSays },
  { id: "kernel-module", class: "call", calls: one(313, -1, bytes(""), 0), escaped: notRefused, without: kernelSays },
  { id: "new-kernel", class: "call", calls: one(246, 0, 0, 0, 0), escaped: notRefused, without: kernelSays },
  { id: "accounting", class: "call", calls: one(163, 0), escaped: notRefused, without: kernelSays },
  {
    id: "newer-than-the-filter",
    class: "call",
    calls: one(4000),
    escaped: (answer) => answer !== -38,
    without: { notShown: "no kernel knows it yet" },
  },
  { id: "other-binary-form", class: "call", calls: one(0x40000000 + 39), escaped: () => true, without: "filter" },
];
