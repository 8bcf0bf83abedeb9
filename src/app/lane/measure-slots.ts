import { countSlots, learnCores } from "../../core/lane/count-slots.ts";
import type { World } from "../../port/world.ts";

/** A box's bound is what it may take at most; a test run is reckoned with a part of it. */
const memoryShare = 4;
const sampleMs = 500;

export interface SlotMeter {
  /** Test runs of this lane that may go on at once now. */
  slots(running: number): number;
  /** A run begins; gives what is to be called at its end, however it ended. */
  begin(): () => void;
  coresPerBuild(): number | undefined;
}

/** Measures what one test run of a lane keeps busy, and from it how many the machine has room for. */
export function createSlotMeter(world: World, args: { coresPerBuild: number | undefined; max: number }): SlotMeter {
  const { machine, clock } = world;
  const { memoryMb } = world.workspace.config.limits;
  let known = args.coresPerBuild;
  let active = 0;
  let last = { atMs: clock.monotonicMs(), ...machine.coreTimes() };
  let busyCores = 0;
  const sample = () => {
    const atMs = clock.monotonicMs();
    if (atMs - last.atMs < sampleMs) return;
    const now = machine.coreTimes();
    busyCores = shareOf(last, now) * machine.cores;
    last = { atMs, ...now };
  };
  return {
    slots: (running) => {
      sample();
      return countSlots({
        cores: machine.cores,
        busyCores,
        running,
        coresPerBuild: known,
        freeMemoryBytes: machine.freeMemoryBytes(),
        buildMemoryBytes: (memoryMb * 1024 ** 2) / memoryShare,
        max: args.max,
      });
    },
    begin: () => {
      active += 1;
      const [from, beside] = [machine.coreTimes(), active];
      return () => {
        // Whatever else was busy is put on our runs: on a machine in use they seem dearer, and fewer go on at once.
        known = learnCores(known, (shareOf(from, machine.coreTimes()) * machine.cores) / Math.max(1, (beside + active) / 2));
        active -= 1;
      };
    },
    coresPerBuild: () => known,
  };
}

function shareOf(from: { busyMs: number; allMs: number }, to: { busyMs: number; allMs: number }): number {
  return to.allMs > from.allMs ? Math.min(1, (to.busyMs - from.busyMs) / (to.allMs - from.allMs)) : 0;
}
