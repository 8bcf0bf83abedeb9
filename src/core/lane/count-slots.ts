/** A suite that was never measured is taken to fill a core. */
const unknownCores = 1;
/** However little a suite needs, starting and checking out need some. */
const leastCores = 0.1;

/**
 * How many test runs of a lane may go on at once, from what the machine has free: the cores that others leave, by what one run
 * was seen to need, and memory. At least one, or nothing would ever land; at most `max`.
 *
 * @param args.busyCores  how many cores were busy lately, our own runs included
 * @param args.running  our own runs now
 * @param args.coresPerBuild  what one run was seen to keep busy
 */
export function countSlots(args: {
  cores: number;
  busyCores: number;
  running: number;
  coresPerBuild: number | undefined;
  freeMemoryBytes: number;
  buildMemoryBytes: number;
  max: number;
}): number {
  const each = Math.max(leastCores, args.coresPerBuild ?? unknownCores);
  const others = Math.max(0, args.busyCores - args.running * each);
  const byCores = Math.floor((args.cores - others) / each + 0.25);
  const byMemory = args.running + Math.floor(args.freeMemoryBytes / args.buildMemoryBytes);
  return Math.max(1, Math.min(args.max, byCores, byMemory));
}

/** What one run needs, from one more that ended: the newer counts for half. */
export function learnCores(known: number | undefined, seen: number): number {
  return known === undefined ? seen : (known + seen) / 2;
}
