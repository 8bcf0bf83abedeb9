import { availableParallelism, cpus, freemem } from "node:os";
import type { Machine } from "../../port/machine.ts";

/** The machine that this runs on, as its kernel counts. */
export function createMachine(): Machine {
  return {
    cores: availableParallelism(),
    coreTimes: () => {
      let [busyMs, allMs] = [0, 0];
      for (const { times } of cpus()) {
        const all = times.user + times.nice + times.sys + times.irq + times.idle;
        allMs += all;
        busyMs += all - times.idle;
      }
      return { busyMs, allMs };
    },
    freeMemoryBytes: freemem,
  };
}
