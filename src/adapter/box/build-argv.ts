import { join } from "node:path";
import type { BoxCommand } from "../../port/box.ts";
import { forwardSocket, registryPort } from "./forward-loopback.ts";

/** What the box shows beside the mounts of a command. Host paths. */
export interface BoxSupport {
  /** Holds etc, bin and chore. */
  readonly dir: string;
  /** Files of /etc, written for the box: passwd, group, hosts, nsswitch.conf. */
  readonly etc: string;
  /** Folder with `mos-chore`. */
  readonly bin: string;
  readonly chore: string;
  /** Node's own folder, when it is not under /usr. */
  readonly node?: string;
  /** The socket of the host that loopback is carried to: of the registries' proxy, or of a client's relay. */
  readonly socket?: string;
  /** CA bundle, for `setup` alone. */
  readonly certificates?: string;
}

/** Never uid 0: as root Master OS drops to this one before the box is made. */
export const agentUid = 20001;

/** Inside the box everybody is this one, whoever started it. */
const insideUid = String(agentUid);

export const ownEtc = ["passwd", "group", "hosts", "nsswitch.conf"] as const;

const boxPath = "/opt/mos/bin:/opt/node/bin:/usr/local/bin:/usr/bin:/bin";
const temporaryBytesMax = 4 * 1024 ** 3;
const sharedBytesMax = 512 * 1024 ** 2;
const fileBytesMax = 4 * 1024 ** 3;

/**
 * The arguments of bubblewrap. Mounts are an allow-list; the root is read-only after they are made, so that a write
 * outside them fails instead of vanishing.
 *
 * @param seccompFd  a descriptor that holds the filter; bubblewrap closes it
 * @param show  turns a host path into the path under which the dropped user reaches it
 */
export function buildBoxArgv(args: {
  command: BoxCommand;
  support: BoxSupport;
  seccompFd: number;
  exists: (path: string) => boolean;
  show: (path: string) => string;
}): string[] {
  const { command, support, exists, show } = args;
  const readOnly = (from: string, to: string) => ["--ro-bind", show(from), to];
  const system = ["/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/python3"].filter(exists);
  const { memoryBytes } = command.limits;
  const empty = (path: string, bytesMax: number) => ["--size", String(Math.min(memoryBytes, bytesMax)), "--tmpfs", path];
  return [
    ...["--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try", "--disable-userns"],
    ...["--uid", insideUid, "--gid", insideUid, "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--hostname", "box"],
    ...["--ro-bind", "/usr", "/usr"],
    ...["bin", "sbin", "lib", "lib64"].flatMap((name) => ["--symlink", `usr/${name}`, `/${name}`]),
    ...["--dir", "/etc"],
    ...system.flatMap((path) => ["--ro-bind", path, path]),
    ...ownEtc.flatMap((name) => readOnly(join(support.etc, name), `/etc/${name}`)),
    ...["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"],
    ...["--dev", "/dev", ...empty("/dev/shm", sharedBytesMax), "--remount-ro", "/dev"],
    ...[...empty("/tmp", temporaryBytesMax), "--dir", "/tmp/home"],
    ...["--dir", "/opt/mos"],
    ...readOnly(support.bin, "/opt/mos/bin"),
    ...readOnly(support.chore, "/opt/mos/chore.mjs"),
    ...(support.node ? readOnly(support.node, "/opt/node") : []),
    ...(support.socket ? readOnly(support.socket, forwardSocket) : []),
    ...(support.certificates ? readOnly(support.certificates, "/etc/ssl/certs/ca-certificates.crt") : []),
    ...command.mounts.flatMap(({ from, to, writable }) => [writable ? "--bind" : "--ro-bind", show(from), to]),
    ...(command.tmpfs ?? []).flatMap((path) => empty(path, sharedBytesMax)),
    ...["--remount-ro", "/"],
    "--clearenv",
    ...Object.entries(environmentOf(command, support)).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--seccomp", String(args.seccompFd), "--chdir", command.cwd, "--"],
    ...limitArgv(command),
    ...command.argv,
  ];
}

/** Every host path that the box is to show; one may lie below another. */
export function listSources(command: BoxCommand, support: BoxSupport): string[] {
  const { dir, node, socket, certificates } = support;
  const own = [dir, node, socket, certificates].filter((path) => path !== undefined);
  return [...new Set([...own, ...(command.roots ?? []), ...command.mounts.map((mount) => mount.from)])];
}

/** The names of variables that a box has of itself. */
export const ownVariables = [
  ...["PATH", "HOME", "TMPDIR", "LANG", "TERM", "CI", "NO_COLOR", "GIT_CONFIG_NOSYSTEM", "GIT_OPTIONAL_LOCKS"],
  ...["GIT_TERMINAL_PROMPT", "PYTHONDONTWRITEBYTECODE", "npm_config_update_notifier"],
] as const;

function environmentOf(command: BoxCommand, support: BoxSupport): Record<string, string> {
  const proxied = { npm_config_https_proxy: registryProxyUrl, HTTPS_PROXY: registryProxyUrl, https_proxy: registryProxyUrl };
  const bundle = "/etc/ssl/certs/ca-certificates.crt";
  const trust = { NODE_EXTRA_CA_CERTS: bundle, npm_config_cafile: bundle, SSL_CERT_FILE: bundle, PIP_CERT: bundle };
  const own: Record<(typeof ownVariables)[number], string> = {
    PATH: boxPath,
    HOME: "/tmp/home",
    TMPDIR: "/tmp",
    LANG: "C.UTF-8",
    TERM: "dumb",
    CI: "true",
    NO_COLOR: "1",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    PYTHONDONTWRITEBYTECODE: "1",
    npm_config_update_notifier: "false",
  };
  return {
    ...own,
    ...(command.network === "registries" ? { ...proxied, ...(support.certificates ? trust : {}) } : {}),
    ...command.env,
  };
}

const registryProxyUrl = `http://127.0.0.1:${registryPort}`;

/** Set inside the box: the kernel counts processes by user namespace, and that one is the box's own. */
function limitArgv({ limits }: BoxCommand): string[] {
  const both = (value: number) => `${value}:${value}`;
  return [
    "/usr/bin/prlimit",
    `--nproc=${both(limits.processes)}`,
    `--data=${both(limits.memoryBytes)}`,
    `--fsize=${both(fileBytesMax)}`,
    "--core=0:0",
    "--",
  ];
}
