import { expect, test } from "vitest";
import { mapNames } from "../../attack/map-names.ts";

const layout = { root: "/home/o/ws", ticket: "MUS-1" };
const slot = (text: string) => mapNames(text, layout, "slot");
const box = (text: string) => mapNames(text, layout, "box");

test("as it is written, a case names things of the workspace's own disk", () => {
  expect(mapNames({ a: ["{{WS}}/x", 1, null] }, layout, "corpus")).toEqual({ a: ["/home/o/ws/x", 1, null] });
});

test.each([
  ["cat {{WS}}/.mos/worktrees/music-T1/src/f.js", "cat /home/o/ws/.mos/slot/music/home/1/tree/src/f.js", "cat /work/tree/src/f.js"],
  ["{{WS}}/.mos/worktrees/trading-T9/a", "/home/o/ws/.mos/slot/trading/home/1/tree/a", "/home/o/ws/.mos/slot/trading/home/1/tree/a"],
  ["rm -rf {{WS}}/.mos/worktrees/*", "rm -rf /home/o/ws/.mos/slot/*", "rm -rf /home/o/ws/.mos/slot/*"],
  ["cat ../../../domains/trading/x", "cat ../../../../../../domains/trading/x", "cat ../../home/o/ws/domains/trading/x"],
  ["sqlite3 ../../state.db", "sqlite3 ../../../../../store.db", "sqlite3 ../../home/o/ws/.mos/store.db"],
  ["rm -rf ../tooling-T9", "rm -rf ../../../../tooling/home/1/tree", "rm -rf ../../home/o/ws/.mos/slot/tooling/home/1/tree"],
  [
    "{{WS}}/.mos/worktrees/music-T1/../../policy.json",
    "/home/o/ws/.mos/slot/music/home/1/tree/../../../../../policy.json",
    "/work/tree/../../home/o/ws/.mos/policy.json",
  ],
  ["find ../../.. -name x", "find ../../../../../.. -name x", "find ../../home/o/ws -name x"],
  ["cat ../../../*/trading/x", "cat ../../../../../../*/trading/x", "cat ../../home/o/ws/*/trading/x"],
  ["git push origin HEAD:agent/music-T1/work", "git push origin HEAD:agent/MUS-1/work", "git push origin HEAD:agent/MUS-1/work"],
  ["['..']*3+['domains']", "['..']*6+['domains']", "['..']*2+['home/o/ws']+['domains']"],
  ["x {{WS}}/.mos/tickets/T1.json", "x /home/o/ws/.mos/store.db", "x /home/o/ws/.mos/store.db"],
])("%s", (text, inSlot, inBox) => {
  expect([slot(text), box(text)]).toEqual([inSlot, inBox]);
});

test("a name that is hidden in base64 leads to the same place", () => {
  const hide = (text: string) => Buffer.from(text).toString("base64");
  expect(slot(`echo ${hide("cat ../../../domains/trading/secret.env")} | base64 -d`)).toBe(
    `echo ${hide("cat ../../../../../../domains/trading/secret.env")} | base64 -d`,
  );
});

test.each([
  "cd src && cat ../package.json",
  "ln -s ../src/f.js test/f-link.js",
  "cat src/domains/trading/a.js",
  "grep -n '../../' src",
  "git branch -D agent/tooling-T9/work",
  "require('../src/f.js')",
  "cat docs/../package.json",
  "cd a/b/c && ls ../../../docs",
])("what stays inside the worktree stays as it is: %s", (text) => {
  expect([slot(text), box(text)]).toEqual([text, text]);
});
