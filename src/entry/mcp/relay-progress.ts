import { isOfOpenDomain } from "../../core/workspace/is-of-open-domain.ts";
import type { Progress, World } from "../../port/world.ts";
import { clip } from "./write-answer.ts";

export interface ProgressNote {
  method: "notifications/progress";
  params: { progressToken: string | number; progress: number; message: string };
}

const leastMs = 200;
const beatMs = 5_000;

/**
 * What is under way, as progress notifications: stage, domain, ticket and state, and no words of repositories. Of sealed
 * domains nothing is told. A beat keeps a client from taking long work for dead.
 */
export function relayProgress(args: { token: string | number | undefined; notify: (note: ProgressNote) => Promise<void> }): {
  report: (world: World | undefined, progress: Progress) => void;
  stop: () => void;
} {
  const { token } = args;
  if (token === undefined) return { report: () => {}, stop: () => {} };
  let count = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  let latest = "at work";
  const send = (message: string) => {
    latest = message;
    lastMs = performance.now();
    count += 1;
    void args.notify({ method: "notifications/progress", params: { progressToken: token, progress: count, message } }).catch(() => {});
  };
  const timer = setInterval(() => send(latest), beatMs);
  timer.unref();
  return {
    report(world, progress) {
      if (world === undefined || !isOfOpenDomain(world.workspace, progress)) return;
      const { stage, domain, ticket, state } = progress;
      if (performance.now() - lastMs < leastMs && state === "update") return;
      send(
        [stage, ticket ?? domain, state]
          .filter((part) => part !== undefined)
          .map((part) => clip(part, 60))
          .join(" "),
      );
    },
    stop: () => clearInterval(timer),
  };
}
