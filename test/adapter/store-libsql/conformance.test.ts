import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../../src/adapter/store-libsql/open-store.ts";
import type { Store } from "../../../src/port/store.ts";
import { describeStoreConformance } from "../../conformance/store.ts";
import { createFixedClock } from "../../support/fixed-clock.ts";

describeStoreConformance("libsql, a file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mos-store-"));
  const opened: Store[] = [];
  const open = async () => {
    const store = await openStore({ file: join(folder, ".mos", "store.db"), clock: createFixedClock(), create: true });
    opened.push(store);
    return store;
  };
  return {
    store: await open(),
    again: open,
    async dispose() {
      for (const store of opened) await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
