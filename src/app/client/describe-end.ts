import type { RunFailure } from "../../contract/agent.ts";
import { judgeStatus } from "../../core/relay/judge-status.ts";
import type { Played } from "../../port/role-runtime.ts";
import type { ClientRunResult } from "../run-client.ts";

/** Why Master OS ended a run itself. */
export interface Stopped {
  readonly failure: Extract<RunFailure, "budget" | "no-progress" | "rate-limit" | "overload">;
  readonly message: string;
  readonly retryAfterMs?: number;
}

export type ClientEnd =
  | { readonly kind: "done"; readonly output: unknown; readonly text: string }
  | Omit<Extract<Played, { kind: "failed" }>, "usage" | "turns" | "toolCalls">;

const messageCharsMax = 500;

/**
 * What a client's run came to. A secret in the tree comes before everything; then why we ended it, how its process ended,
 * what it said of itself, and what it left out. A success without output is none (C14). Pure.
 */
export function describeEnd(args: { client: string; result: ClientRunResult; stopped?: Stopped | undefined; aborted: boolean }): ClientEnd {
  const { client, result, stopped, aborted } = args;
  const { reading, exitCode, endedBy } = result;
  const fail = (failure: RunFailure, message: string, more: { retryAfterMs?: number } = {}): ClientEnd => ({
    kind: "failed",
    failure,
    message: message.replace(/\s+/g, " ").slice(0, messageCharsMax),
    ...more,
  });
  if (result.leaks.length > 0) return { ...fail("secret", `${client} left a secret in the tree`), ...refuseWork(client, result.leaks) };
  if (aborted) return fail("cancelled", "it was stopped");
  if (stopped) return fail(stopped.failure, stopped.message, pickRetry(stopped));
  if (result.flooded || endedBy === "output-limit") return fail("flood", `${client} printed more than it may`);
  const busy = readBusy(result);
  if (endedBy === "timeout") return busy ?? fail("timeout", `${client} was ended when its time was over`);
  if (endedBy !== "exit") return fail("died", `${client} was ended by ${endedBy}`);
  const { fault } = reading;
  if (fault) return busy ?? fail(fault.failure, fault.message, pickRetry(fault));
  const output = result.handedIn ? result.handedIn.output : reading.output;
  if (exitCode !== 0) return busy ?? fail("died", `${client} ended with ${exitCode}: ${result.stderr.trim().slice(-300) || reading.text}`);
  if (output !== undefined) return { kind: "done", output, text: reading.text };
  if (!reading.ended && reading.strange > 0) return fail("malformed", `${client} printed ${reading.strange} lines that cannot be read`);
  if (!reading.ended && reading.turns === 0) return busy ?? fail("malformed", `${client} ended and said nothing`);
  return fail("no-output", `${client} ended without giving its output`);
}

/** What the provider answered last, where that was no success: seen by the relay, whatever the client made of it. */
function readBusy({ busy }: ClientRunResult): ClientEnd | undefined {
  return busy && { kind: "failed", failure: judgeStatus(busy.status), message: `the provider answered ${busy.status}`, ...pickRetry(busy) };
}

function pickRetry({ retryAfterMs }: { retryAfterMs?: number }): { retryAfterMs?: number } {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

function refuseWork(client: string, leaks: readonly string[]): Pick<Extract<ClientEnd, { kind: "failed" }>, "refusal"> {
  return {
    refusal: {
      message: `the key or the login of ${client} stands in ${leaks.slice(0, 5).join(", ")}`,
      hint: "Make the key or the login invalid and use a new one.",
    },
  };
}
