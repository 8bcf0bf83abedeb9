import { Session } from "node:inspector";
import { setFlagsFromString } from "node:v8";

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { readonly startOffset: number; readonly count: number }[] }[];
  }[];
}

/**
 * Counts what code does, by the engine's own counters: how often each function and each branch of it is entered. The same for the
 * same seed on any machine. Only what is loaded after this call is counted.
 *
 * @param isCounted  by a script's address and where in it a function begins
 * @returns what gives the steps since it was last asked
 */
export function countSteps(isCounted: (url: string, offset: number) => boolean): () => number {
  // Optimised code loses counts where a function was inlined.
  setFlagsFromString("--no-opt");
  const session = new Session();
  session.connect();
  post(session, "Profiler.enable");
  post(session, "Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return () => {
    let steps = 0;
    for (const { url, functions } of (post(session, "Profiler.takePreciseCoverage") as Coverage).result)
      for (const { ranges } of functions) if (isCounted(url, ranges[0]?.startOffset ?? 0)) for (const { count } of ranges) steps += count;
    return steps;
  };
}

function post(session: Session, method: string, params: object = {}): unknown {
  let answer: unknown;
  session.post(method, params, (error: Error | null, result?: object) => {
    if (error !== null) throw error;
    answer = result;
  });
  return answer;
}
