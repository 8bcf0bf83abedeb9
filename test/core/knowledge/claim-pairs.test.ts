import { expect, test } from "vitest";
import { createRandom } from "../../../bench/seeded.ts";
import { compareClaims } from "../../../src/core/knowledge/compare-claims.ts";
import { type ClaimPair, makeClaimPairs } from "../../support/make-claim-pairs.ts";
import { readSteadySeed, scaleRuns } from "../../support/read-seed.ts";

const seed = readSteadySeed(20_261_123);
const seeds = scaleRuns({ short: 3, long: 40 });

test(`K5: of 500 pairs that say the same at least 95 % are one claim, of 500 that differ at most 0.5 % (${seeds} seeds from ${seed})`, () => {
  for (let at = 0; at < seeds; at += 1) {
    const pairs = makeClaimPairs({ random: createRandom(seed + at), same: 500, different: 500 });
    const wrong = pairs.filter((pair) => (compareClaims(pair.a, pair.b) === "same") !== pair.same);
    const missed = wrong.filter((pair) => pair.same).length;
    const merged = wrong.length - missed;
    expect({ seed: seed + at, recall: 1 - missed / 500 }, wrong.map(describePair).join("\n")).toSatisfy((one) => one.recall >= 0.95);
    expect({ seed: seed + at, falseMerges: merged / 500 }, wrong.map(describePair).join("\n")).toSatisfy((one) => one.falseMerges <= 0.005);
  }
});

const describePair = ({ a, b, by, same }: ClaimPair) => `${same ? "missed" : "merged"} (${by}): ${a} | ${b}`;
