import type { Brief } from "../../contract/brief.ts";
import type { ScoutParts } from "./list-parts.ts";

export type Freshness =
  | { readonly fresh: true; readonly ageMs: number }
  | { readonly fresh: false; readonly reason: string; readonly changed: readonly string[] };

/**
 * Whether a brief still stands for what a scout would find now (S1, S2, S3). A brief from the future is not fresh: a
 * clock that was set back must not silence a domain.
 *
 * @param seen  digests of the inputs that the brief was made from; for naming what changed, never for the judgement
 * @param parts  digests of the inputs as they are
 */
export function judgeFreshness(args: {
  brief: Pick<Brief, "fingerprint" | "freshUntil" | "at"> | undefined;
  seen: ScoutParts | undefined;
  parts: ScoutParts;
  fingerprint: string;
  now: string;
}): Freshness {
  const { brief, now } = args;
  if (brief === undefined) return { fresh: false, reason: "never briefed", changed: [] };
  if (brief.fingerprint !== args.fingerprint) {
    const changed = nameChanges(args.seen, args.parts);
    return { fresh: false, reason: changed.length === 0 ? "its inputs changed" : `changed: ${changed.join(", ")}`, changed };
  }
  const ageMs = Date.parse(now) - Date.parse(brief.at);
  if (ageMs < 0) return { fresh: false, reason: "its brief is dated after now", changed: ["time"] };
  if (Date.parse(now) >= Date.parse(brief.freshUntil)) {
    return { fresh: false, reason: "its brief has run out (a thread comes due, or the greatest age)", changed: ["time"] };
  }
  return { fresh: true, ageMs };
}

function nameChanges(seen: ScoutParts | undefined, parts: ScoutParts): string[] {
  if (seen === undefined) return [];
  const names = new Set([...Object.keys(seen), ...Object.keys(parts)]);
  return [...names].filter((name) => seen[name] !== parts[name]).sort();
}
