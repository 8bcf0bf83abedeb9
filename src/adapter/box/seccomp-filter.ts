/**
 * A classic BPF filter for seccomp: system calls that reach around a mount namespace answer EPERM. Numbers from the
 * kernel's tables for x86-64 and for the generic table that arm64 uses; a foreign architecture's calls end the process.
 */
export function buildSeccompFilter(args: { architecture: "x64" | "arm64"; allowUnixSockets: boolean }): Uint8Array {
  const { audit, calls, socket } = tables[args.architecture];
  const rows: [number, number, number, number][] = [
    [load, 0, 0, 4],
    [jumpEqual, 1, 0, audit],
    [answer, 0, 0, kill],
    [load, 0, 0, 0],
  ];
  if (args.architecture === "x64") rows.push([jumpAtLeast, 0, 1, 0x40000000], [answer, 0, 0, refuse]);
  for (const number of calls) rows.push([jumpEqual, 0, 1, number], [answer, 0, 0, refuse]);
  if (!args.allowUnixSockets) {
    rows.push([jumpEqual, 0, 4, socket], [load, 0, 0, 16], [jumpEqual, 0, 1, afUnix], [answer, 0, 0, refuse], [answer, 0, 0, allow]);
  }
  rows.push([answer, 0, 0, allow]);
  const bytes = new DataView(new ArrayBuffer(rows.length * 8));
  rows.forEach(([code, whenTrue, whenFalse, value], index) => {
    bytes.setUint16(index * 8, code, true);
    bytes.setUint8(index * 8 + 2, whenTrue);
    bytes.setUint8(index * 8 + 3, whenFalse);
    bytes.setUint32(index * 8 + 4, value >>> 0, true);
  });
  return new Uint8Array(bytes.buffer);
}

const [load, jumpEqual, jumpAtLeast, answer] = [0x20, 0x15, 0x35, 0x06];
const [allow, refuse, kill] = [0x7fff0000, 0x00050001, 0x80000000];
const afUnix = 1;

/** io_uring, new mount calls: the same on both architectures. */
const common = [425, 426, 427, 428, 429, 430, 431, 432, 442];

const tables = {
  x64: {
    audit: 0xc000003e,
    socket: 41,
    // add_key request_key keyctl bpf perf_event_open userfaultfd kexec_load kexec_file_load init_module finit_module
    // delete_module mount umount2 pivot_root setns ptrace process_vm_readv process_vm_writev open_by_handle_at quotactl
    // swapon reboot syslog acct chroot
    calls: [
      ...common,
      248,
      249,
      250,
      321,
      298,
      323,
      246,
      320,
      175,
      313,
      176,
      165,
      166,
      155,
      308,
      101,
      310,
      311,
      304,
      179,
      167,
      169,
      103,
      163,
      161,
    ],
  },
  arm64: {
    audit: 0xc00000b7,
    socket: 198,
    calls: [
      ...common,
      217,
      218,
      219,
      280,
      241,
      282,
      104,
      294,
      105,
      273,
      106,
      40,
      39,
      41,
      268,
      117,
      270,
      271,
      265,
      60,
      224,
      142,
      116,
      89,
      51,
    ],
  },
} as const;
