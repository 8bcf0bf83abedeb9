import { createGit } from "../../src/adapter/git/git.ts";
import { openStore } from "../../src/adapter/store-libsql/open-store.ts";
import { loadWorkspace } from "../../src/adapter/workspace/load-workspace.ts";
import { distill } from "../../src/app/distill.ts";
import type { Store } from "../../src/port/store.ts";
import type { World } from "../../src/port/world.ts";
import { createFixedClock } from "./fixed-clock.ts";

/**
 * Distils a workspace by rule, as of a moment, and ends itself by signal 9 inside the n-th transaction, when its body is done and
 * nothing of it is committed.
 */
const [root = "", now = "", dieAt = "0"] = process.argv.slice(2);
const clock = createFixedClock(now);
const workspace = await loadWorkspace(root);
const store = await openStore({ file: `${workspace.stateDir}/store.db`, clock, create: false });
let writes = 0;
const dying: Store = {
  ...store,
  read: (body) => store.read(body),
  write: (body) =>
    store.write(async (tx) => {
      const done = await body(tx);
      writes += 1;
      if (writes === Number(dieAt)) process.kill(process.pid, "SIGKILL");
      return done;
    }),
};
const world = {
  ...{ workspace, store: dying, git: createGit(process.env), clock },
  roles: { choose: () => undefined },
  report: () => undefined,
  signal: new AbortController().signal,
};
await distill(world as unknown as World);
await store.close();
