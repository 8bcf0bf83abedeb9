import { spawnSync } from "node:child_process";
import { Cron } from "croner";
import { describe, expect, test } from "vitest";
import { readCron, renderCalendar, renderCron } from "../../../src/core/rhythm/read-cron.ts";

const where = "The distill rhythm of music";
const said: [string, string, string[]][] = [
  ["30 18 * * *", "30 18 * * *", ["*-*-* 18:30:00"]],
  ["0 */4 * * *", "0 0-23/4 * * *", ["*-*-* 0..23/4:0:00"]],
  ["*/15 8-17 * * 1-5", "0-59/15 8-17 * * 1-5", ["Mon,Tue,Wed,Thu,Fri *-*-* 8..17:0..59/15:00"]],
  ["0 9 1,15 * *", "0 9 1,15 * *", ["*-*-1,15 9:0:00"]],
  ["0 9 1 jan-mar mon", "0 9 1 1-3 1", ["*-1..3-1 9:0:00", "Mon *-1..3-* 9:0:00"]],
  ["5 0 * 8 7", "5 0 * 8 7", ["Sun *-8-* 0:5:00"]],
  // To every cron a star stands alone: with one in the field, some take days and weekdays for both.
  ["0 7 */2 * sat", "0 7 1-31/2 * 6", ["*-*-1..31/2 7:0:00", "Sat *-*-* 7:0:00"]],
  ["10,40 5-23/6 ? * 5-7", "10,40 5-23/6 * * 5-7", ["Sun,Fri,Sat *-*-* 5..23/6:10,40:00"]],
  [" 0\n7\t* * * ", "0 7 * * *", ["*-*-* 7:0:00"]],
];

test.each(said)("K2: the rhythm %j is for cron %j and for systemd %j", (text, cron, calendar) => {
  const fields = readCron(text, where);
  expect(renderCron(fields)).toBe(cron);
  expect(renderCalendar(fields)).toEqual(calendar);
});

test.each([
  "0 18 L * *",
  "@daily",
  "0 0 * * MON#2",
  "0 0 0 * * *",
  "0 7 * *",
  "0 7 * * * root",
  "60 7 * * *",
  "0 7 5-1 * *",
  "*/0 7 * * *",
  "5/6 7 * * *",
  "0 7 1W * *",
])("K2: %j is refused by name, for neither has a word for it", (text) => {
  expect(() => readCron(text, where)).toThrow(where);
});

const analyze = spawnSync("systemd-analyze", ["--version"]).status === 0;
describe.skipIf(!analyze)("K2: by systemd's own word", () => {
  test.each(said)("%j comes at the same moments as the daemon takes it", (text) => {
    const from = "2026-11-20 08:00:00 UTC";
    const calendars = renderCalendar(readCron(text, where));
    const moments = calendars.flatMap((calendar) => {
      const args = ["calendar", `--base-time=${from}`, "--iterations=40", `${calendar} UTC`];
      const { stdout, stderr, status } = spawnSync("systemd-analyze", args, {
        encoding: "utf8",
        env: { ...process.env, TZ: "UTC", LC_ALL: "C" },
      });
      expect(stderr).toBe("");
      expect(status).toBe(0);
      const found = [...stdout.matchAll(/(?:Next elapse|Iter(?:ation)?\.? #\d+): \w{3} (\S+ \S+) UTC/g)].map((match) => match[1] ?? "");
      return found.map((moment) => new Date(`${moment.replace(" ", "T")}Z`).toISOString());
    });
    const cron = new Cron(text.trim().replace(/\s+/g, " "), { paused: true, mode: "5-part", timezone: "UTC" });
    const expected = cron.nextRuns(20, new Date("2026-11-20T08:00:00Z")).map((moment) => moment.toISOString());
    expect([...new Set(moments)].sort().slice(0, 20)).toEqual(expected);
  });
});
