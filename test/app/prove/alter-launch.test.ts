import { expect, test } from "vitest";
import { alterHook, alterLaunch } from "../../../src/app/prove/alter-launch.ts";
import { listWays } from "../../../src/core/prove/list-ways.ts";

const settings = {
  permissions: { deny: ["Bash"] },
  hooks: {
    PreToolUse: [
      {
        matcher: "*",
        hooks: [
          { type: "command", command: "h", timeout: 30 },
          { type: "http", url: "u", timeout: 30 },
        ],
      },
    ],
  },
};
const launch = { argv: ["claude", "--print"], env: { A: "1" }, files: { "settings.json": JSON.stringify(settings), "mcp.json": "{}" } };
const hook = { argv: ["hook"], mounts: [] };
const way = (id: string) => listWays("claude").find((one) => one.id === id) ?? { id, client: "claude" as const };

test("D31: the client as it is started is not altered", () => {
  const altered = alterLaunch(launch, way("as started"));
  expect({ ...altered, files: { ...altered.files, "settings.json": JSON.parse(altered.files["settings.json"] ?? "") } }).toEqual({
    ...launch,
    files: { ...launch.files, "settings.json": settings },
  });
  expect(alterHook(hook, way("as started"))).toBe(hook);
});

test("D31: each way changes what it says", () => {
  expect(alterLaunch(launch, way("--bare")).argv.at(-1)).toBe("--bare");
  expect(alterLaunch(launch, way("CLAUDE_CODE_SIMPLE=1")).env).toEqual({ A: "1", CLAUDE_CODE_SIMPLE: "1" });
  expect(alterLaunch(launch, way("home settings: disableAllHooks")).files["~/.claude/settings.json"]).toContain("disableAllHooks");
  const text = (id: string) => alterLaunch(launch, way(id)).files["settings.json"] ?? "";
  expect(() => JSON.parse(text("settings: syntax error"))).toThrow();
  expect(JSON.parse(text("settings: bad sibling value")).permissions).toEqual({ deny: ["Bash"], allow: "x" });
  expect(JSON.parse(text("settings: unknown hook type")).hooks.PreToolUse[0].hooks.at(-1)).toEqual({ type: "telepathy" });
  expect(JSON.parse(text("settings: matcher in the wrong case")).hooks.PreToolUse[0].matcher).toBe("bash");
  expect(JSON.parse(text("hook hangs")).hooks.PreToolUse[0].hooks.map(({ timeout }: { timeout: number }) => timeout)).toEqual([1, 30]);
  expect(alterHook(hook, way("hook killed")).argv.join(" ")).toContain("kill -9");
});
