import { z } from "zod";
import { Instant } from "./id.ts";

/** What the caller says; the store adds order, time and chain. */
export const EventInput = z.strictObject({
  /** `ticket.ready`, `gate.landed`, `session.started` … */
  kind: z.string().regex(/^[a-z-]+(\.[a-z-]+)+$/),
  domain: z.string().optional(),
  ticket: z.string().optional(),
  /** Who: `operator`, `mos`, `worker:<id>`, `playbook:<name>`. */
  actor: z.string(),
  /** On whose authority: a decision's id, a receipt's id, `operator`. */
  authority: z.string().optional(),
  reason: z.string(),
  data: z.record(z.string(), z.unknown()).default({}),
});
export type EventInput = z.input<typeof EventInput>;

/**
 * A line of the append-only log. `hash` is SHA-256, in hexadecimal, over the canonical JSON (keys sorted, no spaces)
 * of the event without `hash`; `prev` is the hash before it, 64 zeros for the first (I8).
 */
export const Event = z.strictObject({ seq: z.int().min(1), at: Instant, ...EventInput.shape, prev: z.string(), hash: z.string() });
export type Event = z.infer<typeof Event>;

export interface LogVerification {
  readonly ok: boolean;
  readonly events: number;
  /** The first sequence number that does not fit. */
  readonly brokenAt?: number;
  readonly head: string;
}
