import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../../../src/core/log/canonical-json.ts";

test("I8: canonical JSON sorts keys by code units at every depth and has no spaces", () => {
  expect(canonicalJson({ b: [{ z: 1, a: null }], a: "x", "😀": 1, "\ufb33": 2, B: true })).toBe(
    '{"B":true,"a":"x","b":[{"a":null,"z":1}],"😀":1,"\ufb33":2}',
  );
});

test("I8: canonical JSON leaves out what is undefined, as JSON does", () => {
  expect(canonicalJson({ a: undefined, b: [undefined, 1] })).toBe('{"b":[null,1]}');
});

test("I8: canonical JSON is one text for equal values, whatever the order of their keys, and reads back equal", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(reverseKeys(value))).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("I8: canonical JSON refuses what JSON cannot carry", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1, Symbol("x"), cycle]) {
    expect(() => canonicalJson({ value })).toThrow(TypeError);
  }
});

function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reverseKeys(item)]),
  );
}
