import { execFileSync } from "node:child_process";

/** Runs `argv` after `mount` (shell text, `"$1"` is the folder) in a mount namespace of its own, which ends with it. */
export function inPrivateMount(args: { folder: string; mount: string; argv: readonly string[] }): string[] {
  return [
    ...unshare(),
    "sh",
    "-c",
    `set -e; folder="$1"; shift; set -- "$folder" "$@"; ${args.mount}; shift; exec "$@"`,
    "sh",
    args.folder,
    ...args.argv,
  ];
}

/** Why no file system can be mounted here, even privately; `undefined` where one can. */
export function whyNoPrivateMount(): string | undefined {
  try {
    execFileSync("unshare", [...unshare().slice(1), "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return `no private mount here: ${error instanceof Error ? error.message.split("\n")[0] : error}`;
  }
}

function unshare(): string[] {
  return process.getuid?.() === 0 ? ["unshare", "-m"] : ["unshare", "-Urm"];
}
