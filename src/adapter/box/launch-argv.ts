import { existsSync, mkdirSync } from "node:fs";
import type { BoxCommand } from "../../port/box.ts";
import { agentUid, type BoxSupport, buildBoxArgv, listSources } from "./build-argv.ts";

/** Where root's own mount namespace shows what the box may see. An empty folder on the host. */
const stagingDir = "/run/mos-box";

/** The descriptor under which the filter is handed over. */
export const seccompFd = 3;

/**
 * The whole command line. As an ordinary user it is bubblewrap. As root a first bubblewrap binds what the box is to show under
 * a private mount namespace, since the unprivileged user may not enter the folders it lies in; then the uid is dropped for
 * good, and only then the box is made. That first one has process ids of its own: a parent that has given up its rights may
 * not signal a child of another uid, so what ends the box with Master OS is the kernel, who ends them all with their first.
 *
 * @param uid  of this process
 */
export function buildLaunchArgv(command: BoxCommand, support: BoxSupport, uid: number): string[] {
  const common = { command, support, seccompFd, exists: existsSync };
  if (uid !== 0) return ["bwrap", ...buildBoxArgv({ ...common, show: (path) => path })];
  const sources = dropCovered(listSources(command, support));
  const owner = String(command.asUid ?? agentUid);
  mkdirSync(stagingDir, { recursive: true, mode: 0o755 });
  return [
    ...["bwrap", "--unshare-pid", "--die-with-parent", "--dev-bind", "/", "/", "--tmpfs", stagingDir],
    ...sources.flatMap((source, index) => ["--bind", source, `${stagingDir}/f${index}`]),
    ...["--", "setpriv", "--reuid", owner, "--regid", owner, "--clear-groups", "--no-new-privs"],
    ...["bwrap", ...buildBoxArgv({ ...common, show: (path) => showStaged(sources, path) })],
  ];
}

/** What lies below another source is reached through it. */
function dropCovered(sources: readonly string[]): string[] {
  return sources.filter((path) => !sources.some((other) => other !== path && path.startsWith(`${other}/`)));
}

function showStaged(sources: readonly string[], path: string): string {
  const index = sources.findIndex((source) => path === source || path.startsWith(`${source}/`));
  if (index === -1) throw new Error(`${path} was not staged for the box`);
  return `${stagingDir}/f${index}${path.slice(sources[index]?.length)}`;
}
