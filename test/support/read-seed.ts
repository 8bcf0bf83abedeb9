/** The seed of this run's random tests: `MOS_TEST_SEED`, or a new one. It stands in each test's name. */
export function readSeed(): number {
  const given = process.env.MOS_TEST_SEED;
  return given === undefined ? Math.floor(Math.random() * 0x7fff_ffff) : Number(given);
}

/**
 * For comparisons that search a space too large to be held whole: a known seed in the normal run, so that what nobody has seen
 * before is found by who looks for it (`--long`, or `MOS_TEST_SEED`), and not by whoever lands next.
 */
export function readSteadySeed(known: number): number {
  return process.env.MOS_TEST_LONG || process.env.MOS_TEST_SEED !== undefined ? readSeed() : known;
}

/** `./run test --long` sets `MOS_TEST_LONG`: the sizes of the acceptance figures. */
export function scaleRuns(args: { short: number; long: number }): number {
  return process.env.MOS_TEST_LONG ? args.long : args.short;
}

/** Whether this run takes one of a table's rows: in the normal run one of `of`, another with another seed; all with `--long`. */
export function isInTurn(index: number, args: { seed: number; of: number }): boolean {
  return (index + args.seed) % scaleRuns({ short: args.of, long: 1 }) === 0;
}
