import { expect, test } from "vitest";
import { launchOrchestrator } from "../../../../src/adapter/client/claude/launch-orchestrator.ts";

const session = {
  root: "/w/os",
  hidden: ["/w/music", "/w/os/.mos"],
  hook: ["/mos/dist/mos-hook", "claude", "--role", "orchestrator"],
  server: ["/usr/bin/node", "/mos/mos.mjs", "mcp", "--orchestrator"],
  statusLine: ["/usr/bin/node", "/it's here/mos.mjs", "status", "--line"],
  pluginDir: "/mos/plugin",
  args: ["-p", "/mos:start"],
};

test("M12: every source of settings but ours is shut out; the operator's words come last", () => {
  const argv = launchOrchestrator(session);
  const givenTo = (name: string) => argv[argv.indexOf(name) + 1];
  expect(argv.slice(0, 4)).toEqual(["--restricted", "--setting-sources", "", "--strict-mcp-config"]);
  expect(argv.slice(-2)).toEqual(["-p", "/mos:start"]);
  expect(givenTo("--tools")?.split(",")).toEqual(["AskUserQuestion", "Read", "Skill", "TodoWrite", "ToolSearch"]);
  expect(JSON.parse(givenTo("--mcp-config") ?? "")).toEqual({
    mcpServers: { mos: { type: "stdio", command: "/usr/bin/node", args: ["/mos/mos.mjs", "mcp", "--orchestrator"] } },
  });
  expect(argv).toContain("/mos/plugin");
  expect(givenTo("--permission-mode")).toBe("manual");
  expect(
    launchOrchestrator({ ...session, args: ["--permission-mode", "plan"] }).filter((word) => word === "--permission-mode"),
  ).toHaveLength(1);
});

test("M12: hooks cannot be switched off and block when they fail; no tool runs, writes or starts an agent; no domain is read", () => {
  const argv = launchOrchestrator(session);
  const settings = JSON.parse(argv[argv.indexOf("--settings") + 1] ?? "");
  expect(settings.disableAllHooks).toBe(false);
  expect(settings.hooks.PreToolUse).toEqual([
    {
      matcher: "*",
      hooks: [
        { type: "command", command: "/mos/dist/mos-hook", args: ["claude", "--role", "orchestrator"], timeout: 30, onFailure: "block" },
      ],
    },
  ]);
  const { deny, disableBypassPermissionsMode } = settings.permissions;
  expect(disableBypassPermissionsMode).toBe("disable");
  for (const tool of ["Bash", "Write", "Edit", "NotebookEdit", "Agent", "Task", "Workflow", "Read(//w/music/**)", "Read(//w/os/.mos/**)"])
    expect(deny).toContain(tool);
  expect(settings.statusLine.command).toBe("/usr/bin/node '/it'\\''s here/mos.mjs' status --line");
});
