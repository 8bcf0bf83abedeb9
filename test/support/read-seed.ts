/** The seed of this run's random tests: `MOS_TEST_SEED`, or a new one. It stands in each test's name. */
export function readSeed(): number {
  const given = process.env.MOS_TEST_SEED;
  return given === undefined ? Math.floor(Math.random() * 0x7fff_ffff) : Number(given);
}

/** `./run test --long` sets `MOS_TEST_LONG`: the sizes of the acceptance figures. */
export function scaleRuns(args: { short: number; long: number }): number {
  return process.env.MOS_TEST_LONG ? args.long : args.short;
}
