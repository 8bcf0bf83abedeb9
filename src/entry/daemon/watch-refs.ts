import { type FSWatcher, statSync, watch } from "node:fs";
import { join } from "node:path";
import type { Workspace } from "../../contract/config.ts";

/**
 * Calls `changed` when a ref of one of the workspace's repositories may have moved. A hint alone: what cannot be watched (no
 * more watches to be had, a network disk) is seen by who looks at intervals.
 */
export function watchRefs(changed: () => void): { renew(workspace: Workspace): void; stop(): void } {
  let watchers: FSWatcher[] = [];
  const stop = () => {
    for (const watcher of watchers) watcher.close();
    watchers = [];
  };
  return {
    renew: (workspace) => {
      stop();
      const repos = [...workspace.domains, workspace.operator].flatMap(({ repos }) => repos);
      watchers = repos.flatMap(({ path }) =>
        [join(path, ".git"), join(path, ".git/refs/heads")].flatMap((dir) => watchFolder(dir, changed)),
      );
    },
    stop,
  };
}

/** In the git folder itself: `packed-refs` and `HEAD`; its index moves with every status and tells nothing. */
const telling = /^(packed-refs|HEAD|main|master|[^.]*)$/;

function watchFolder(dir: string, changed: () => void): FSWatcher[] {
  try {
    if (!statSync(dir).isDirectory()) return [];
    const watcher = watch(dir, { persistent: false }, (_, name) => {
      if (name === null || (telling.test(name) && name !== "index")) changed();
    });
    watcher.on("error", () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}
