import { readFileSync } from "node:fs";
import { Session } from "node:inspector";
import { fileURLToPath } from "node:url";
import { replayActs, simulateSchedule } from "./simulate-schedule.ts";

/**
 * Counts what the scheduling core does, by the engine's own counters: how often each function and each branch of it is entered.
 * The same for the same seed, on any machine. A program by itself, as code that was compiled before is not counted.
 * Arguments: repositories, workers, seed, exponent, sizes as far as wanted. Prints one JSON list, a number for each size.
 */
const [repositories, workers, seed, exponent, ...sizes] = process.argv.slice(2).map(Number) as [number, number, number, number];

const session = new Session();
session.connect();
post("Profiler.enable");
post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
const counts = (sizes as number[]).map((tickets) => {
  const { acts } = simulateSchedule({ tickets, repositories, workers, seed, exponent });
  takeSteps();
  replayActs(acts);
  return takeSteps();
});
process.stdout.write(JSON.stringify(counts));

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { readonly startOffset: number; readonly count: number }[] }[];
  }[];
}

/** Since it was last asked. */
function takeSteps(): number {
  let steps = 0;
  for (const { url, functions } of (post("Profiler.takePreciseCoverage") as Coverage).result) {
    if (!url.startsWith(new URL(".", import.meta.url).href)) continue;
    // The bundler says where each file begins.
    const text = readFileSync(fileURLToPath(url), "utf8");
    const files = [...text.matchAll(/^\/\/#region (\S+)$/gm)].map(({ index, 1: name }) => ({ index, name }));
    for (const { ranges } of functions) {
      const at = ranges[0]?.startOffset ?? 0;
      if (!files.findLast(({ index }) => index <= at)?.name?.startsWith("src/core/schedule/")) continue;
      for (const { count } of ranges) steps += count;
    }
  }
  if (steps === 0) throw new Error("nothing of the scheduling core was counted");
  return steps;
}

function post(method: string, params: object = {}): unknown {
  let answer: unknown;
  session.post(method, params, (error: Error | null, result?: object) => {
    if (error !== null) throw error;
    answer = result;
  });
  return answer;
}
