import { describeStoreConformance } from "../conformance/store.ts";
import { createFixedClock } from "./fixed-clock.ts";
import { createMemoryStore } from "./memory-store.ts";

describeStoreConformance("in memory", async () => {
  const store = createMemoryStore(createFixedClock());
  return { store, again: async () => store.again(), dispose: async () => {} };
});
