import { expect, test } from "vitest";
import { parseSince } from "../../../src/core/log/parse-since.ts";

const now = "2026-11-20T08:00:00.000Z";
const at = (moment: string) => ({ kind: "moment", ms: Date.parse(moment) });

test.each([
  ["90s", at("2026-11-20T07:58:30.000Z")],
  ["30m", at("2026-11-20T07:30:00.000Z")],
  ["2h", at("2026-11-20T06:00:00.000Z")],
  ["3d", at("2026-11-17T08:00:00.000Z")],
  ["1w", at("2026-11-13T08:00:00.000Z")],
  ["2026-11-01", at("2026-11-01T00:00:00.000Z")],
  ["2026-11-01T08:30", at("2026-11-01T08:30:00.000Z")],
  ["2026-11-01 08:30:15", at("2026-11-01T08:30:15.000Z")],
  ["2026-11-01T08:30:15.123Z", at("2026-11-01T08:30:15.123Z")],
  ["#12", { kind: "number", seq: 12 }],
  ["0", { kind: "number", seq: 0 }],
])("I8: the log since %s", (text, since) => {
  expect(parseSince(text, now)).toEqual(since);
});

test.each(["", "yesterday", "2026-02-30", "2026-13-01", "12:00", "-3d", "2h30", "1y", "2026-11-01T25:00"])(
  "I8: the log since %j is refused with what can be written",
  (text) => {
    expect(() => parseSince(text, now)).toThrow(
      expect.objectContaining({ code: "since-invalid", exit: 2, hint: expect.stringContaining("2h") }),
    );
  },
);
