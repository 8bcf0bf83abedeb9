import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "../../../src/core/knowledge/sha-256.ts";
import { readSeed } from "../../support/read-seed.ts";

const seed = readSeed();

test(`K4: the hash of a quote is SHA-256, as every other program computes it (seed ${seed})`, () => {
  const plain = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000]) expect(sha256("a".repeat(length))).toBe(plain("a".repeat(length)));
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
      expect(sha256(text)).toBe(plain(text));
    }),
    { seed, numRuns: 300 },
  );
});
