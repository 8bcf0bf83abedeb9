import type { Act } from "../act.ts";
import type { CommandView } from "./command-view.ts";
import { scanWord } from "./scan-word.ts";

const otherRights =
  /^(sudo|su|doas|pkexec|runuser|setpriv|gosu|su-exec|sudoedit|visudo|passwd|chpasswd|useradd|usermod|userdel|adduser|groupadd|newgrp|sg|capsh|setcap|newuidmap|newgidmap)$/;
const otherSpace =
  /^(unshare|nsenter|chroot|mount|umount|fusermount3?|losetup|pivot_root|switch_root|insmod|modprobe|rmmod|kexec|sysctl|iptables|ip6tables|nft|ip|ifconfig|route|brctl|tc|swapon|mkfs(\.\w+)?|fdisk|parted|debugfs|bpftool|bpftrace|keyctl|proot|fakechroot|bwrap|firejail|landrun|systemd-nspawn|criu)$/;
const otherMachine =
  /^(docker|docker-compose|podman|nerdctl|ctr|crictl|buildah|runc|crun|lxc|lxc-attach|lxd|machinectl|vagrant|virsh|qemu-system-\w+|kubectl|flatpak|flatpak-spawn|snap|toolbox|distrobox|ssh|scp|sftp|sshfs|mosh|autossh|rsh|rlogin|ansible|ansible-playbook|tmux|screen|at-spi-bus-launcher|dbus-send|gdbus|busctl|xdg-open|open|osascript)$/;
const tracers = /^(gdb|lldb|strace|ltrace|perf|gcore|rr|reptyr|dtrace|frida|frida-trace|ptrace|valgrind-listener)$/;

export function isPrivileged(program: string): boolean {
  return otherRights.test(program) || otherSpace.test(program) || otherMachine.test(program) || tracers.test(program);
}

/** Another user, namespace, machine or process: nothing that a ticket's work needs. */
export function readPrivileged(view: CommandView): Act[] {
  const asks = view.args.length > 0 && view.args.every((arg) => /^(--version|--help|-V|-h|version|help)$/.test(arg.value ?? ""));
  if (asks) return [];
  const paths = view.args.flatMap((arg) => scanWord(view, arg, "use"));
  const deed = otherMachine.test(view.program) ? "elsewhere" : "privilege";
  return [...paths.filter((act) => act.kind === "path"), { kind: "deed", deed, shown: view.shown }];
}
