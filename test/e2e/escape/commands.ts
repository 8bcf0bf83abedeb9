import type { ProtectionName } from "./protection.ts";

export type ProbeClass =
  | "mount"
  | "proc"
  | "descriptor"
  | "link"
  | "socket"
  | "alternates"
  | "configuration"
  | "ptrace"
  | "keyring"
  | "namespace"
  | "device"
  | "setuid"
  | "signal"
  | "environment"
  | "limit"
  | "call";

interface ProbeBase {
  readonly id: string;
  readonly class: ProbeClass;
  /** With this taken away it succeeds; or why that is not shown. */
  readonly without: ProtectionName | { readonly notShown: string };
}

/**
 * A probe for `sh -c`, in the tree; it says ESCAPED when it has succeeded. It has: F (the folder of the host that holds all),
 * VICTIM (a process of the same user outside), PORT and PORT6 (a server on the host's loopback), SECRET_BLOB, OTHER (the other
 * silo's git folder), HOST_NAME, SHM (a shared memory segment of the host).
 */
export interface CommandProbe extends ProbeBase {
  readonly sh: string;
}

const ok = "&& echo ESCAPED";
const harms = { notShown: "it would write to the machine" };
const layered = { notShown: "more than one thing holds it back" };

export const commandProbes: readonly CommandProbe[] = [
  { id: "root-write", class: "mount", sh: `: > /x ${ok}`, without: "read-only root" },
  { id: "etc-write", class: "mount", sh: `: > /etc/x ${ok}`, without: "read-only root" },
  { id: "opt-write", class: "mount", sh: `: > /opt/mos/x ${ok}`, without: "read-only root" },
  { id: "work-write", class: "mount", sh: `: > /work/x ${ok}`, without: "read-only root" },
  { id: "dev-write", class: "mount", sh: `: > /dev/x ${ok}`, without: "read-only /dev" },
  { id: "usr-write", class: "mount", sh: `: > /usr/bin/mos-x ${ok}`, without: harms },
  { id: "lib-write", class: "mount", sh: `: > /lib/mos-x ${ok}`, without: harms },
  { id: "mos-write", class: "mount", sh: `echo x > /opt/mos/chore.mjs ${ok}`, without: layered },
  { id: "mount-tmpfs", class: "mount", sh: `mkdir -p /tmp/m; mount -t tmpfs none /tmp/m ${ok}`, without: "rights" },
  { id: "mount-bind", class: "mount", sh: `mkdir -p /tmp/m; mount --bind /usr /tmp/m ${ok}`, without: "rights" },
  { id: "remount-usr", class: "mount", sh: `mount -o remount,rw,bind /usr ${ok}`, without: harms },
  { id: "umount-proc-sys", class: "mount", sh: `umount /proc/sys ${ok}`, without: harms },
  { id: "silo-read", class: "mount", sh: 'grep -q CANARY "$F/other/secret.txt" && echo ESCAPED', without: "allowed mounts" },
  { id: "silo-write", class: "mount", sh: '(echo x > "$F/other/drop/w") && echo ESCAPED', without: "allowed mounts" },
  { id: "silo-list", class: "mount", sh: 'ls "$F/other" | grep . && echo ESCAPED', without: "allowed mounts" },
  {
    id: "silo-dotdot",
    class: "mount",
    sh: 'cd /work/tree/../../tmp/..; grep -q CANARY "./$F/other/secret.txt" && echo ESCAPED',
    without: "allowed mounts",
  },
  { id: "store-read", class: "mount", sh: 'grep -q CANARY "$F/store.db" && echo ESCAPED', without: "allowed mounts" },
  { id: "home-read", class: "mount", sh: 'grep -q CANARY "$F/home/.netrc" && echo ESCAPED', without: "allowed mounts" },
  { id: "var-there", class: "mount", sh: `[ -d /var/lib ] ${ok}`, without: "no /var" },
  { id: "sys-there", class: "mount", sh: `[ -d /sys/kernel ] ${ok}`, without: "no /sys" },
  { id: "run-there", class: "mount", sh: `[ -d /run/lock ] || [ -d /run/mos-box ] ${ok}`, without: "no /run" },

  { id: "host-process", class: "proc", sh: `[ -d /proc/$VICTIM ] ${ok}`, without: "processes" },
  { id: "host-command-line", class: "proc", sh: `grep -qa sleep /proc/$VICTIM/cmdline ${ok}`, without: "processes" },
  { id: "host-environment", class: "proc", sh: `grep -qa CANARY /proc/$VICTIM/environ ${ok}`, without: layered },
  { id: "first-environment", class: "proc", sh: `cat /proc/*/environ | grep -qa CANARY ${ok}`, without: layered },
  { id: "first-root", class: "proc", sh: "grep -q CANARY /proc/1/root/$F/other/secret.txt && echo ESCAPED", without: layered },
  { id: "first-cwd", class: "proc", sh: "ls /proc/1/cwd/.. | grep -q home && echo ESCAPED", without: layered },
  { id: "sysctl-write", class: "proc", sh: `[ -w /proc/sys/kernel/hostname ] ${ok}`, without: harms },
  { id: "sysctl-core", class: "proc", sh: `[ -w /proc/sys/kernel/core_pattern ] ${ok}`, without: harms },
  { id: "sysrq", class: "proc", sh: `[ -w /proc/sysrq-trigger ] ${ok}`, without: harms },
  { id: "kcore", class: "proc", sh: `head -c 1 /proc/kcore | grep -q . ${ok}`, without: layered },
  { id: "host-unix-sockets", class: "proc", sh: `grep -q mos-escape /proc/net/unix ${ok}`, without: "network" },
  { id: "host-ports", class: "proc", sh: `grep -qi ":$(printf %04x $PORT) " /proc/net/tcp ${ok}`, without: "network" },
  { id: "host-shared-memory", class: "proc", sh: `grep -q " $SHM " /proc/sysvipc/shm ${ok}`, without: "own ipc" },
  { id: "host-name", class: "proc", sh: `[ "$(cat /proc/sys/kernel/hostname)" = "$HOST_NAME" ] ${ok}`, without: "own host name" },

  {
    id: "descriptor-count",
    class: "descriptor",
    sh: `[ "$(ls /proc/self/fd | wc -l)" -gt 4 ] ${ok}`,
    without: "a descriptor is passed on",
  },
  {
    id: "descriptor-folder",
    class: "descriptor",
    sh: `grep -q CANARY /proc/self/fd/9/other/secret.txt ${ok}`,
    without: "a descriptor is passed on",
  },
  { id: "descriptor-dotdot", class: "descriptor", sh: `ls /proc/self/fd/9/.. | grep -q . ${ok}`, without: "a descriptor is passed on" },
  { id: "descriptor-filter", class: "descriptor", sh: `[ -e /proc/$$/fd/3 ] ${ok}`, without: "filter" },
  { id: "descriptor-first", class: "descriptor", sh: "for f in /proc/1/fd/*; do [ -d $f/other ] && echo ESCAPED; done", without: layered },

  { id: "link-read", class: "link", sh: `grep -q CANARY link ${ok}`, without: "allowed mounts" },
  { id: "link-write", class: "link", sh: `(echo x > folder-link/w) ${ok}`, without: "allowed mounts" },
  {
    id: "link-made",
    class: "link",
    sh: 'ln -s "$F/other" made; grep -q CANARY made/secret.txt && echo ESCAPED',
    without: "allowed mounts",
  },
  { id: "link-proc", class: "link", sh: `ln -s /proc/$VICTIM/cmdline p; grep -qa sleep p ${ok}`, without: "processes" },
  { id: "link-over-git", class: "link", sh: `mv .git aside ${ok}`, without: "pinned .git" },
  { id: "link-over-settings", class: "link", sh: `mv .claude aside ${ok}`, without: "pinned settings" },
  {
    id: "link-hard-out",
    class: "link",
    sh: `ln /opt/mos/chore.mjs hard ${ok}`,
    without: { notShown: "the kernel links nothing across mounts" },
  },
  {
    id: "link-hard-objects",
    class: "link",
    sh: `ln "$(find /work/objects -type f | head -1)" hard ${ok}`,
    without: { notShown: "the kernel links nothing across mounts" },
  },

  { id: "tcp-host", class: "socket", sh: `bash -c "exec 3<>/dev/tcp/127.0.0.1/$PORT" ${ok}`, without: "network" },
  {
    id: "tcp6-host",
    class: "socket",
    sh: `bash -c "exec 3<>/dev/tcp/::1/$PORT6" ${ok}`,
    without: { notShown: "not every machine has IPv6" },
  },
  { id: "other-devices", class: "socket", sh: `grep -v -e Inter -e face -e lo: /proc/net/dev | grep -q : ${ok}`, without: "network" },

  {
    id: "alternates-file",
    class: "alternates",
    sh: `echo "$OTHER/objects" > /work/git/objects/info/alternates; git cat-file -p $SECRET_BLOB | grep -q CANARY ${ok}`,
    without: "pinned alternates and allowed mounts",
  },
  {
    id: "alternates-variable",
    class: "alternates",
    sh: `GIT_ALTERNATE_OBJECT_DIRECTORIES="$OTHER/objects" git cat-file -p $SECRET_BLOB | grep -q CANARY ${ok}`,
    without: "allowed mounts",
  },
  { id: "alternates-folder", class: "alternates", sh: `mv /work/git/objects/info /work/git/objects/i ${ok}`, without: "pinned alternates" },
  {
    id: "objects-write",
    class: "alternates",
    sh: `echo planted | GIT_OBJECT_DIRECTORY=/work/objects git hash-object -w --stdin ${ok}`,
    without: "read-only objects",
  },
  {
    id: "other-git-folder",
    class: "alternates",
    sh: `git -c safe.directory='*' --git-dir="$OTHER" cat-file -p $SECRET_BLOB | grep -q CANARY ${ok}`,
    without: "allowed mounts",
  },
  {
    id: "main-moves",
    class: "alternates",
    sh: `c=$(git commit-tree -m x HEAD^{tree}) && git update-ref refs/heads/main $c ${ok}`,
    without: "pinned main",
  },

  { id: "git-config", class: "configuration", sh: `git config core.fsmonitor 'touch /tmp/ran' ${ok}`, without: "pinned configuration" },
  { id: "git-hook", class: "configuration", sh: `echo 'touch /tmp/ran' > /work/git/hooks/post-commit ${ok}`, without: "pinned hooks" },
  { id: "git-attributes", class: "configuration", sh: `echo '* filter=x' > /work/git/info/attributes ${ok}`, without: "pinned info" },
  { id: "git-exclude", class: "configuration", sh: `echo '*' > /work/git/info/exclude ${ok}`, without: "pinned info" },
  { id: "git-file", class: "configuration", sh: `echo 'gitdir: /tmp/evil' > .git ${ok}`, without: "pinned .git" },
  { id: "git-system", class: "configuration", sh: `: > /etc/gitconfig ${ok}`, without: "read-only root" },
  {
    id: "git-global",
    class: "configuration",
    sh: 'HOME="$F/home" git config --global alias.st "!touch /tmp/ran" && echo ESCAPED',
    without: "allowed mounts",
  },
  {
    id: "npm-user",
    class: "configuration",
    sh: 'echo script-shell=/tmp/evil > "$F/home/.npmrc" && echo ESCAPED',
    without: "allowed mounts",
  },
  { id: "npm-global", class: "configuration", sh: `mkdir -p /usr/etc && echo x=y >> /usr/etc/npmrc ${ok}`, without: harms },
  { id: "shell-start", class: "configuration", sh: `: > /etc/bash.bashrc ${ok}`, without: "read-only root" },
  { id: "loader", class: "configuration", sh: `: > /etc/ld.so.preload ${ok}`, without: "read-only root" },
  { id: "agent-settings", class: "configuration", sh: `echo '{}' > .claude/settings.json ${ok}`, without: "pinned settings" },
  { id: "agent-mcp", class: "configuration", sh: `echo '{"mcpServers":{}}' > .mcp.json ${ok}`, without: "pinned settings" },
  { id: "agent-settings-removed", class: "configuration", sh: `rm -f .mcp.json ${ok}`, without: "pinned settings" },

  { id: "unshare-user", class: "namespace", sh: `unshare -U true ${ok}`, without: "filter and no namespaces" },
  { id: "unshare-root", class: "namespace", sh: `unshare -Ur true ${ok}`, without: "filter and no namespaces" },
  { id: "enter-first", class: "namespace", sh: `nsenter -t 1 -m true ${ok}`, without: layered },
  { id: "bubblewrap-inside", class: "namespace", sh: `bwrap --ro-bind / / true ${ok}`, without: "filter and no namespaces" },

  { id: "kernel-messages", class: "device", sh: `[ -e /dev/kmsg ] ${ok}`, without: "own /dev" },
  {
    id: "memory-device",
    class: "device",
    sh: `[ -e /dev/mem ] || [ -e /dev/port ] || [ -e /dev/ptmx ] && [ -e /dev/kmsg ] ${ok}`,
    without: "own /dev",
  },
  { id: "disks", class: "device", sh: `find /dev -type b | grep -q . ${ok}`, without: "own /dev" },
  { id: "make-device", class: "device", sh: `mknod /tmp/d b 8 0 ${ok}`, without: { notShown: "no user namespace may make devices" } },

  { id: "is-root", class: "setuid", sh: `[ "$(id -u)" = 0 ] ${ok}`, without: "another user inside" },
  { id: "is-root-group", class: "setuid", sh: `[ "$(id -g)" = 0 ] ${ok}`, without: "another user inside" },
  { id: "has-rights", class: "setuid", sh: `grep CapEff /proc/self/status | grep -qv 0000000000000000 ${ok}`, without: "rights" },
  { id: "may-have-rights", class: "setuid", sh: `grep CapPrm /proc/self/status | grep -qv 0000000000000000 ${ok}`, without: "rights" },
  { id: "new-privileges", class: "setuid", sh: `grep -q 'NoNewPrivs:.0' /proc/self/status ${ok}`, without: layered },
  { id: "setuid-program", class: "setuid", sh: `cp /usr/bin/id own; chmod 4755 own; [ "$(./own -u)" = 0 ] ${ok}`, without: layered },

  { id: "signal-asked", class: "signal", sh: `kill -0 $VICTIM ${ok}`, without: "processes" },
  {
    id: "signal-all",
    class: "signal",
    sh: "(kill -TERM -1) 2>/dev/null; true",
    without: { notShown: "it would end every process of the user" },
  },
  { id: "limits-of-another", class: "signal", sh: `prlimit --pid $VICTIM ${ok}`, without: "processes" },

  { id: "launcher-environment", class: "environment", sh: `[ -n "$LC_ALL" ] ${ok}`, without: "clean environment" },
  { id: "secret-environment", class: "environment", sh: `env | grep -q CANARY ${ok}`, without: layered },
  {
    id: "agent-socket",
    class: "environment",
    sh: `[ -n "$SSH_AUTH_SOCK$GPG_AGENT_INFO$DBUS_SESSION_BUS_ADDRESS" ] ${ok}`,
    without: layered,
  },

  {
    id: "processes",
    class: "limit",
    sh: `i=0; while [ $i -lt 90 ]; do sleep 9 & i=$((i+1)); done; echo ESCAPED; kill $(jobs -p)`,
    without: "process limit",
  },
  { id: "file-size", class: "limit", sh: `truncate -s 5G big; s=$?; rm -f big; [ $s = 0 ] ${ok}`, without: "file limit" },
  { id: "temporary-size", class: "limit", sh: `head -c 80000000 /dev/zero > /tmp/x ${ok}; rm -f /tmp/x`, without: "size of /tmp" },
  { id: "shared-size", class: "limit", sh: `head -c 80000000 /dev/zero > /dev/shm/x ${ok}; rm -f /dev/shm/x`, without: "size of /dev/shm" },
];
