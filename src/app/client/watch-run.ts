import type { Usage } from "../../contract/agent.ts";
import { isBusyStatus } from "../../core/run/decide-back-off.ts";
import { sumTokens } from "../../core/run/sum-tokens.ts";
import type { RelayTotals } from "../../port/relay.ts";
import type { Play } from "../../port/role-runtime.ts";
import type { Stopped } from "./describe-end.ts";

/** A client that asks on and on of a provider that never answers holds its slot for nothing. */
const silentMax = 12;

/**
 * Watches a client's run by what passes its relay, and ends it where it should: by a word of whoever asked, at its turns,
 * when the provider is over its limit and was waited for, or answers nothing. What was said first counts.
 *
 * @param end  ends the client's process
 */
export function watchRun(args: { play: Pick<Play, "onUsage" | "onOutcome">; turnsMax: number; end: (why: string) => void }) {
  let stopped: Stopped | undefined;
  let [turns, silent, tokens] = [0, 0, 0];
  const stop = (why: Stopped): string => {
    stopped ??= why;
    args.end(stopped.message);
    return stopped.message;
  };
  return {
    onUsage: (usage: Usage, busy: RelayTotals["busy"]): string | undefined => {
      const answered = sumTokens(usage) > tokens && busy === undefined;
      tokens = sumTokens(usage);
      silent = answered ? 0 : silent + 1;
      if (answered) turns += 1;
      const word = args.play.onUsage(usage);
      if (word !== undefined) return stop({ failure: "budget", message: word });
      if (busy && isBusyStatus(busy.status)) {
        const failure = busy.status === 429 ? "rate-limit" : "overload";
        return stop({ failure, message: `the provider answered ${busy.status}`, ...pickRetry(busy) });
      }
      if (silent >= silentMax) return stop({ failure: "overload", message: `the provider did not answer ${silent} times in a row` });
      return turns > args.turnsMax ? stop({ failure: "budget", message: `it used its ${args.turnsMax} turns` }) : undefined;
    },
    onOutcome: (outcome: Parameters<Play["onOutcome"]>[0]): string | undefined => {
      const word = args.play.onOutcome(outcome);
      return word === undefined ? undefined : stop({ failure: "no-progress", message: word });
    },
    stopped: () => stopped,
    /** Answers of the model. */
    turns: () => turns,
  };
}

function pickRetry({ retryAfterMs }: NonNullable<RelayTotals["busy"]>): { retryAfterMs?: number } {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}
