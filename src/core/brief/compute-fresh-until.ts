/**
 * Until when a brief holds though nothing changes (S3): the first moment after `now` at which a thread comes due or
 * stale, and at the latest the rhythm's greatest age after `at`.
 *
 * @param at  when the brief was made; its facts may have been taken again since, at `now`
 * @param moments  instants at which a thread's standing changes by itself
 */
export function computeFreshUntil(args: { at: string; now: string; maxAgeHours: number; moments: readonly string[] }): string {
  const ahead = args.moments.map((moment) => Date.parse(moment)).filter((moment) => moment > Date.parse(args.now));
  return new Date(Math.min(Date.parse(args.at) + args.maxAgeHours * 3_600_000, ...ahead)).toISOString();
}
