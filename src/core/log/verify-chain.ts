import type { Event, LogVerification } from "../../contract/event.ts";
import { computeEventHash, genesisHash, type Sha256 } from "./event-hash.ts";

/** How far a chain has been followed. */
export interface ChainState {
  readonly seq: number;
  readonly head: string;
}

export const chainStart: ChainState = { seq: 0, head: genesisHash };

/**
 * One step along the chain. It fits when the event is the next in number, names the hash before it, and its own hash
 * is that of its content; otherwise `broken` names the first number that does not fit: for a missing event, its own.
 */
export function followChain(
  state: ChainState,
  event: Event,
  sha256: Sha256,
): { kind: "fits"; state: ChainState } | { kind: "broken"; at: number } {
  const expected = state.seq + 1;
  if (event.seq !== expected) return { kind: "broken", at: expected };
  if (event.prev !== state.head) return { kind: "broken", at: expected };
  if (computeEventHash(event, sha256) !== event.hash) return { kind: "broken", at: expected };
  return { kind: "fits", state: { seq: expected, head: event.hash } };
}

/**
 * Walks a whole log in order. `recorded` is where its writer says that it ends: without it a log that was cut
 * short looks whole. `head` is that of the last event that fits; `events` counts all that were given.
 */
export function verifyChain(args: { events: Iterable<Event>; sha256: Sha256; recorded?: ChainState | undefined }): LogVerification {
  let state = chainStart;
  let events = 0;
  let brokenAt: number | undefined;
  for (const event of args.events) {
    events += 1;
    if (brokenAt !== undefined) continue;
    const step = followChain(state, event, args.sha256);
    if (step.kind === "broken") brokenAt = step.at;
    else state = step.state;
  }
  return concludeChain({ state, events, brokenAt, recorded: args.recorded });
}

/** The verdict on a chain that was followed to its end, or to the first event that does not fit. */
export function concludeChain(args: {
  state: ChainState;
  events: number;
  brokenAt?: number | undefined;
  recorded?: ChainState | undefined;
}): LogVerification {
  const { state, events } = args;
  const brokenAt = args.brokenAt ?? findLostEnd(state, args.recorded);
  if (brokenAt === undefined) return { ok: true, events, head: state.head };
  return { ok: false, events, brokenAt, head: state.head };
}

function findLostEnd(state: ChainState, recorded: ChainState | undefined): number | undefined {
  if (recorded === undefined || (recorded.seq === state.seq && recorded.head === state.head)) return undefined;
  return recorded.seq === state.seq ? Math.max(state.seq, 1) : Math.min(recorded.seq, state.seq) + 1;
}
