import { performance } from "node:perf_hooks";
import { createMachineHost } from "../../src/adapter/host/machine-host.ts";
import { createDiagnose } from "../../src/app/diagnose.ts";
import type { Progress, World } from "../../src/port/world.ts";

/** Of one ticket, in ms. */
export interface Metered {
  /** From the beginning of its execution until it has landed, without what is taken out below. */
  readonly overheadMs: number;
  readonly doctorMs: number;
  /** Each `slot.prepare`. */
  readonly preparesMs: readonly number[];
}

/**
 * A world that counts what landing a ticket costs. Taken out are the commands that run in the box (execution, acceptance,
 * checks), the doctor, and the verify stage's own judgement; its slot, like every other, is overhead. One ticket at a time.
 */
export function createMeter(world: World) {
  let span: { startMs: number; endMs: number; outMs: number; doctorMs: number; preparesMs: number[] } | undefined;
  let verify: { fromMs: number; slotMs: number } | undefined;
  const report = (progress: Progress) => {
    const now = performance.now();
    if (progress.ticket === undefined || progress.state === "update") return;
    if (verify && span) span.outMs += now - verify.fromMs - verify.slotMs;
    verify = progress.stage === "verify" && progress.state === "start" ? { fromMs: now, slotMs: 0 } : undefined;
    if (progress.stage === "execute" && progress.state === "start")
      span ??= { startMs: now, endMs: now, outMs: 0, doctorMs: 0, preparesMs: [] };
    if (span) span.endMs = now;
  };
  const timed = async <T>(body: () => Promise<T>, count: (ms: number) => void): Promise<T> => {
    const from = performance.now();
    try {
      return await body();
    } finally {
      count(performance.now() - from);
    }
  };
  const takeOut = (ms: number) => {
    if (span && !verify) span.outMs += ms;
  };
  const countSlot = (ms: number) => {
    if (verify) verify.slotMs += ms;
  };
  const slots: World["slots"] = {
    ...world.slots,
    withSlot: async (args, body) => {
      const asked = performance.now();
      return world.slots.withSlot(args, (slot) => {
        countSlot(performance.now() - asked);
        return body({
          ...slot,
          run: (run) => timed(() => slot.run(run), takeOut),
          prepare: (commit) =>
            timed(
              () => slot.prepare(commit),
              (ms) => {
                countSlot(ms);
                span?.preparesMs.push(ms);
              },
            ),
        });
      });
    },
  };
  const doctor = createDiagnose(createMachineHost());
  return {
    world: { ...world, slots, report },
    diagnose: (_: World, args: Parameters<typeof doctor>[1]) =>
      timed(
        () => doctor(world, args),
        (ms) => {
          takeOut(ms);
          if (span && args.landing) span.doctorMs += ms;
        },
      ),
    /** What was counted since the last call. */
    take: (): Metered => {
      if (!span) throw new Error("no ticket was executed");
      const { startMs, endMs, outMs, doctorMs, preparesMs } = span;
      span = undefined;
      verify = undefined;
      return { overheadMs: endMs - startMs - outMs, doctorMs, preparesMs };
    },
  };
}
