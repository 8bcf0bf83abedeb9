/** Time as the world has it. Injected, so that a test can set it. */
export interface Clock {
  /** ISO 8601, UTC, milliseconds. */
  now(): string;
  /** Milliseconds that only rise; for ages and durations, never for dates. */
  monotonicMs(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
