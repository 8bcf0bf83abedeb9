import type { LanguageModelUsage } from "ai";
import { type AskArgs, askModel, type ModelAnswer } from "./ask-model.ts";
import { addUsage } from "./count-usage.ts";
import { judgeFault } from "./judge-fault.ts";
import type { OpenRun } from "./open-run.ts";
import { planRetry } from "./plan-retry.ts";
import { RunEnd } from "./run-end.ts";
import { waitOrAbort } from "./wait-or-abort.ts";

/** One answer, asked for again while the fault may pass and the run has the time. What a broken answer used counts too. */
export async function askUntilAnswered(run: OpenRun, ask: Pick<AskArgs, "model" | "system" | "messages" | "tools">): Promise<ModelAnswer> {
  let waitedMs = 0;
  for (let attempt = 1; ; attempt += 1) {
    let begun: LanguageModelUsage | undefined;
    let said = 0;
    const asked = () => ask.system.length + JSON.stringify(ask.messages).length;
    try {
      const answer = await askModel({
        ...ask,
        signal: run.signal,
        onChars: (count) => {
          said += count;
          run.countChars(count);
        },
        onBegun: (usage) => {
          begun = usage;
        },
      });
      addUsage(run.usage, answer.usage, { asked, said });
      return answer;
    } catch (error) {
      // One that never began cost nothing but the request.
      if (begun || said > 0) addUsage(run.usage, begun, { asked, said });
      const fault = judgeFault(run.signal.aborted ? run.signal.reason : error, new Date().toISOString());
      if (fault instanceof RunEnd) throw fault;
      run.tellUsage();
      const waitMs = planRetry({ fault, attempt, waitedMs, leftMs: run.leftMs(), random: Math.random() });
      const message = run.hide(fault.message);
      if (waitMs === undefined)
        throw new RunEnd(fault.failure, message, fault.retryAfterMs === undefined ? {} : { retryAfterMs: fault.retryAfterMs });
      run.transcript.write({ kind: "wait", failure: fault.failure, message, attempt, waitMs });
      await waitOrAbort(waitMs, run.signal);
      waitedMs += waitMs;
    }
  }
}
