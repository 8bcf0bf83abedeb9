import type { RunFailure } from "../../contract/agent.ts";
import { readRetryAfter } from "../../core/run/decide-back-off.ts";
import { RunEnd } from "./run-end.ts";

/** What a request that failed came to, and whether the same request may do better. */
export interface Fault {
  readonly failure: RunFailure;
  readonly message: string;
  readonly again: boolean;
  readonly retryAfterMs?: number;
}

const notOfProtocol =
  /^AI_(JSONParse|TypeValidation|InvalidStreamPart|InvalidResponseData|EmptyResponseBody|NoContentGenerated|NoOutputGenerated)Error$/;

/** Reads what the SDK threw. By name and by field, since its classes are loaded later than this. */
export function judgeFault(error: unknown, now: string): Fault | RunEnd {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1)
    if (cause instanceof RunEnd) return cause;
  const { name, message, statusCode, responseHeaders, responseBody, type } = readFields(error);
  const text = oneLine(message);
  if (statusCode !== undefined && statusCode >= 400) {
    const wait = readRetryAfter(responseHeaders ?? {}, now);
    const later = wait === undefined ? {} : { retryAfterMs: wait };
    if (statusCode === 429) {
      const spent = /insufficient_quota|billing/i.test(responseBody ?? "");
      return spent
        ? { failure: "refused-by-provider", message: `429: ${text}`, again: false }
        : { failure: "rate-limit", message: `429: ${text}`, again: true, ...later };
    }
    if (statusCode >= 500 || statusCode === 408 || statusCode === 409 || statusCode === 425)
      return { failure: "overload", message: `${statusCode}: ${text}`, again: true, ...later };
    return { failure: "refused-by-provider", message: `${statusCode}: ${text}`, again: false };
  }
  if (type === "overloaded_error" || type === "rate_limit_error")
    return { failure: type === "overloaded_error" ? "overload" : "rate-limit", message: text, again: true };
  if (notOfProtocol.test(name)) return { failure: "malformed", message: `the answer is not of the protocol: ${text}`, again: true };
  return { failure: "died", message: `the connection to the model failed: ${text}`, again: true };
}

interface Fields {
  readonly name: string;
  readonly message: string;
  readonly statusCode?: number;
  readonly responseHeaders?: Record<string, string>;
  readonly responseBody?: string;
  readonly type?: string;
}

function readFields(error: unknown): Fields {
  if (typeof error !== "object" || error === null) return { name: "", message: String(error) };
  const { name, message, statusCode, responseHeaders, responseBody, type } = error as Partial<Record<keyof Fields, unknown>>;
  return {
    name: typeof name === "string" ? name : "",
    message: typeof message === "string" ? message : JSON.stringify(error).slice(0, 300),
    ...(typeof statusCode === "number" ? { statusCode } : {}),
    ...(typeof responseHeaders === "object" && responseHeaders !== null
      ? { responseHeaders: responseHeaders as Record<string, string> }
      : {}),
    ...(typeof responseBody === "string" ? { responseBody } : {}),
    ...(typeof type === "string" ? { type } : {}),
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 300);
}
