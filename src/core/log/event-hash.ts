import type { Event } from "../../contract/event.ts";
import { canonicalJson } from "./canonical-json.ts";

/** SHA-256 of the text's UTF-8, in hexadecimal. The core has none of its own: it is put in. */
export type Sha256 = (text: string) => string;

/** What stands before the first event. */
export const genesisHash = "0".repeat(64);

/** The text that an event's hash is taken over: its canonical JSON without `hash` (I8). */
export function eventText(event: Omit<Event, "hash">): string {
  const { hash: _left, ...rest } = event as Event;
  return canonicalJson(rest);
}

/** The event's own hash, which the next one names as `prev`. */
export function computeEventHash(event: Omit<Event, "hash">, sha256: Sha256): string {
  return sha256(eventText(event));
}
