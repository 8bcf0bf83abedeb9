/**
 * Until when a brief holds though nothing changes (S3): the first moment after `at` at which a thread comes due or
 * stale, and at the latest the rhythm's greatest age.
 *
 * @param moments  instants at which a thread's standing changes by itself
 */
export function computeFreshUntil(args: { at: string; maxAgeHours: number; moments: readonly string[] }): string {
  const at = Date.parse(args.at);
  const ahead = args.moments.map((moment) => Date.parse(moment)).filter((moment) => moment > at);
  return new Date(Math.min(at + args.maxAgeHours * 3_600_000, ...ahead)).toISOString();
}
