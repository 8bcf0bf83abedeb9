export interface BackOffLimits {
  /** Requests in all, the first one too. */
  readonly attempts: number;
  /** Of the first wait; doubled with each. */
  readonly baseMs: number;
  /** Of one wait. A provider that asks for more is not waited for here. */
  readonly waitMsMax: number;
  /** Of all waits together. */
  readonly totalMsMax: number;
}

/** Short enough for every client's own patience with one request. */
export const backOffLimits: BackOffLimits = { attempts: 6, baseMs: 1000, waitMsMax: 60_000, totalMsMax: 120_000 };

export type BackOff = { readonly kind: "wait"; readonly ms: number } | { readonly kind: "give-up" };

/** Answers that say "not now" (V8): 429 too many requests, 503 unavailable, 529 overloaded. */
export function isBusyStatus(status: number): boolean {
  return status === 429 || status === 503 || status === 529;
}

/**
 * How long to wait before a request is made again (V8). What the provider names is never undercut; without it, twice as long
 * each time. Chance spreads what would come back at the same moment.
 *
 * @param attempt  requests made so far, at least 1
 * @param random  from 0 up to 1
 */
export function decideBackOff(
  args: { attempt: number; waitedMs: number; retryAfterMs: number | undefined; random: number },
  limits: BackOffLimits = backOffLimits,
): BackOff {
  const { attempt, waitedMs, retryAfterMs, random } = args;
  const doubled = Math.min(limits.waitMsMax, limits.baseMs * 2 ** Math.min(attempt - 1, 30));
  const ms = Math.round(retryAfterMs === undefined ? (doubled * (1 + random)) / 2 : retryAfterMs + Math.min(1000, limits.baseMs) * random);
  if (attempt >= limits.attempts || ms > limits.waitMsMax || waitedMs + ms > limits.totalMsMax) return { kind: "give-up" };
  return { kind: "wait", ms };
}

const retryAfterMsMax = 24 * 3_600_000;

/**
 * What a provider's headers say of when to come back, at most a day: `retry-after-ms`, or `retry-after` as seconds or as a
 * date. `undefined` where they say nothing that can be read.
 */
export function readRetryAfter(headers: Readonly<Record<string, unknown>>, now: string): number | undefined {
  const inMs = readNumber(headers["retry-after-ms"]);
  const inSeconds = readNumber(headers["retry-after"]);
  const date = typeof headers["retry-after"] === "string" ? Date.parse(headers["retry-after"]) - Date.parse(now) : Number.NaN;
  const ms = inMs ?? (inSeconds === undefined ? date : inSeconds * 1000);
  return Number.isFinite(ms) ? Math.min(retryAfterMsMax, Math.max(0, Math.ceil(ms))) : undefined;
}

function readNumber(value: unknown): number | undefined {
  return typeof value === "string" && /^\s*\d{1,15}(\.\d{1,6})?\s*$/.test(value) ? Number(value) : undefined;
}
