/** Numbers from the kernel's tables for x86-64 and for the generic table that arm64 uses. Absent: no such call there. */
export type Architecture = "x64" | "arm64";

/** The newest call that was looked at: 6.18's `file_setattr`. */
export const newestCall = 469;

const both = {
  ...{ io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427, open_tree: 428, move_mount: 429, fsopen: 430 },
  ...{ fsconfig: 431, fsmount: 432, fspick: 433, clone3: 435, pidfd_getfd: 438, process_madvise: 440, mount_setattr: 442 },
  ...{ quotactl_fd: 443, open_tree_attr: 467 },
} as const;

const x64 = {
  ...both,
  ...{ add_key: 248, request_key: 249, keyctl: 250, mount: 165, umount2: 166, pivot_root: 155, chroot: 161, setns: 308 },
  ...{ ptrace: 101, process_vm_readv: 310, process_vm_writev: 311, kcmp: 312, bpf: 321, perf_event_open: 298 },
  ...{ userfaultfd: 323, fanotify_init: 300, open_by_handle_at: 304, lookup_dcookie: 212, kexec_load: 246 },
  ...{ kexec_file_load: 320, init_module: 175, finit_module: 313, delete_module: 176, reboot: 169, syslog: 103, acct: 163 },
  ...{ quotactl: 179, swapon: 167, swapoff: 168, nfsservctl: 180, vhangup: 153, uselib: 134, modify_ldt: 154, iopl: 172 },
  ...{ ioperm: 173, settimeofday: 164, clock_settime: 227, sethostname: 170, setdomainname: 171, move_pages: 279 },
  ...{ migrate_pages: 256, clone: 56, unshare: 272, ioctl: 16, personality: 135, socket: 41, socketpair: 53 },
  ...{ connect: 42, mmap: 9, write: 1, exit_group: 231 },
} as const;

export type CallName = keyof typeof x64;

const arm64: Partial<Record<CallName, number>> = {
  ...both,
  ...{ add_key: 217, request_key: 218, keyctl: 219, mount: 40, umount2: 39, pivot_root: 41, chroot: 51, setns: 268 },
  ...{ ptrace: 117, process_vm_readv: 270, process_vm_writev: 271, kcmp: 272, bpf: 280, perf_event_open: 241 },
  ...{ userfaultfd: 282, fanotify_init: 262, open_by_handle_at: 265, lookup_dcookie: 18, kexec_load: 104 },
  ...{ kexec_file_load: 294, init_module: 105, finit_module: 273, delete_module: 106, reboot: 142, syslog: 116, acct: 89 },
  ...{ quotactl: 60, swapon: 224, swapoff: 225, nfsservctl: 42, vhangup: 58, settimeofday: 170, clock_settime: 112 },
  ...{ sethostname: 161, setdomainname: 162, move_pages: 239, migrate_pages: 238, clone: 220, unshare: 97, ioctl: 29 },
  ...{ personality: 92, socket: 198, socketpair: 199, connect: 203, mmap: 222, write: 64, exit_group: 94 },
};

export const callNumbers: Readonly<Record<Architecture, { audit: number; calls: Partial<Record<CallName, number>> }>> = {
  x64: { audit: 0xc000003e, calls: x64 },
  arm64: { audit: 0xc00000b7, calls: arm64 },
};
