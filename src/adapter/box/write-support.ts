import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { agentUid, type BoxSupport, ownEtc } from "./build-argv.ts";
import { buildSeccompFilter } from "./seccomp-filter.ts";
import type { Architecture } from "./system-calls.ts";

/** The files that a box needs, on disk. */
export interface Prepared {
  readonly dir: string;
  readonly support: BoxSupport;
  /** Seccomp filters, without and with unix sockets. */
  readonly filter: string;
  readonly filterWithUnix: string;
}

export const architecture: Architecture = process.arch === "arm64" ? "arm64" : "x64";

export function writeSupport({ supportDir, chore, node }: { supportDir: string; chore: string; node?: string }): Prepared {
  const [bin, etc] = [join(supportDir, "bin"), join(supportDir, "etc")];
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

/** The socket is the box user's to connect to, and nobody else's. `owner`: that user, where this process is root. */
export function showSocket(prepared: Prepared, socket: string, owner: number | undefined): Prepared {
  if (owner !== undefined) chownSync(socket, owner, owner);
  chmodSync(socket, 0o600);
  return { ...prepared, support: { ...prepared.support, socket } };
}
