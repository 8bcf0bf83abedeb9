import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { claudeClient } from "../../../src/adapter/client/claude/claude-client.ts";
import { codexClient } from "../../../src/adapter/client/codex/codex-client.ts";
import { geminiClient } from "../../../src/adapter/client/gemini/gemini-client.ts";
import { opencodeClient } from "../../../src/adapter/client/opencode/opencode-client.ts";
import { roles } from "../../../src/contract/policy.ts";
import { clientDrivers } from "../../../src/entry/compose-clients.ts";
import type { ClientRun } from "../../../src/port/agent-client.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";

const run: ClientRun = {
  role: "executor",
  domain: "music",
  ticket: "MUS-1",
  prompt: "-p --bare @/tmp/home/.claude/.credentials.json",
  tree: "/work/tree",
  relay: "http://127.0.0.1:3129",
  token: "word-of-the-run",
  configDir: "/opt/mos/run",
  hook: ["/opt/mos/hook", "claude"],
  maxTurns: 7,
};
const drivers = clientDrivers;

describe.each(drivers)("how $name is started", (driver) => {
  test("C1: the same run gives the same launch", () => {
    expect(driver.launch(run)).toEqual(driver.launch({ ...run }));
  });

  test("C1: what it is asked to do stands on its standard input, not where every process of the machine sees it", () => {
    const { argv, env, input, files } = driver.launch(run);
    expect(input).toContain(run.prompt);
    expect(JSON.stringify([argv, env, files])).not.toContain(run.prompt);
  });

  test("C4 C9: no key is in it, and a login only in the file that is named as secret", () => {
    const login = { accessToken: "canary-login-0123456789", expiresAt: 1_800_000_000_000 };
    if (driver.name !== "claude") {
      expect(() => driver.launch({ ...run, login })).toThrow(/with a key alone/);
      return;
    }
    const launch = driver.launch({ ...run, login });
    const secret = launch.secretFiles ?? [];
    const rest = Object.entries(launch.files).filter(([name]) => !secret.includes(name));
    expect(JSON.stringify([launch.argv, launch.env, launch.input, rest])).not.toContain(login.accessToken);
    for (const name of secret) {
      expect(name).toMatch(/^~\//);
      expect(launch.files[name]).not.toMatch(/refresh/i);
    }
  });
});

describe("a run of a role", () => {
  const schema = { type: "object", properties: { outcome: { type: "string" } }, required: ["outcome"], additionalProperties: false };
  const played: ClientRun = { ...run, system: "You are the SCOUT of a test.", outputSchema: schema, conversation: {} };

  test("C14: what it is to give and its guidance reach each client in its own form, never on a command line that all see", () => {
    const claude = claudeClient.launch(played);
    expect(JSON.parse(claude.argv[claude.argv.indexOf("--json-schema") + 1] ?? "")).toEqual(schema);
    expect(claude.argv[claude.argv.indexOf("--append-system-prompt-file") + 1]).toBe("/opt/mos/run/system.md");
    expect(claude.files["system.md"]).toBe(played.system);
    const codex = codexClient.launch(played);
    expect(codex.argv[codex.argv.indexOf("--output-schema") + 1]).toBe("/opt/mos/run/output.schema.json");
    expect(JSON.parse(codex.files["output.schema.json"] ?? "")).toEqual(schema);
    expect(codex.files["~/.codex/config.toml"]).toContain('developer_instructions = "You are the SCOUT of a test."');
    const opencode = JSON.parse(opencodeClient.launch(played).files["opencode.json"] ?? "");
    expect(opencode.instructions).toEqual(["/opt/mos/run/system.md"]);
    expect(opencode.permission).toMatchObject({ mos_hand_in: "allow" });
    for (const driver of drivers) expect(JSON.stringify(driver.launch(played).argv), driver.name).not.toContain("SCOUT");
    expect(drivers.map(({ name, output }) => [name, output])).toEqual([
      ["claude", "native"],
      ["codex", "native"],
      ["opencode", "hand-in"],
      ["gemini", "hand-in"],
    ]);
  });

  test("C17: a conversation is kept where it is asked for, and gone on with by its name", () => {
    expect(claudeClient.launch(run).argv).toContain("--no-session-persistence");
    expect(codexClient.launch(run).argv).toContain("--ephemeral");
    for (const driver of drivers.filter(({ resumes }) => resumes)) {
      expect(driver.launch(run).keeps).toBeUndefined();
      const { argv, keeps } = driver.launch({ ...played, conversation: { resume: "abc-123" } });
      expect(keeps, driver.name).toMatch(/^~\//);
      expect(
        argv.some((word) => /^(--resume|--session|resume)$/.test(word)),
        driver.name,
      ).toBe(true);
      expect(argv).toContain("abc-123");
      expect(argv).not.toContain("--no-session-persistence");
      expect(argv).not.toContain("--ephemeral");
    }
  });

  test("C1: tools that the run names take away from the role's, and never add to them", () => {
    const tools = (one: Partial<ClientRun>) => {
      const { argv } = claudeClient.launch({ ...run, ...one });
      return argv[argv.indexOf("--tools") + 1];
    };
    expect(tools({ tools: ["read", "search"] })).toBe("Read,Grep,Glob");
    expect(tools({ role: "scout", tools: ["read", "search", "edit", "write", "run"] })).toBe("Read,Grep,Glob");
    const mcp = (one: Partial<ClientRun>) => JSON.parse(claudeClient.launch({ ...run, ...one }).files["mcp.json"] ?? "").mcpServers;
    expect(mcp({ tools: ["read"] })).toEqual({});
    expect(mcp({ role: "scout", tools: ["run"] })).toEqual({});
  });
});

describe("Claude Code's settings", () => {
  const settingsOf = (one: ClientRun) => JSON.parse(claudeClient.launch(one).files["settings.json"] ?? "");

  test("C1: every other source is shut out, and each hook blocks when it fails", () => {
    const { argv, env, files } = claudeClient.launch(run);
    expect(argv).toEqual(expect.arrayContaining(["--restricted", "--strict-mcp-config", "--disable-slash-commands"]));
    expect(argv[argv.indexOf("--setting-sources") + 1]).toBe("");
    expect(argv[argv.indexOf("--max-turns") + 1]).toBe("7");
    expect(env).toMatchObject({ CLAUDE_CODE_MAX_SUBAGENT_SPAWN_DEPTH: "1", DISABLE_AUTOUPDATER: "1" });
    const settings = settingsOf(run);
    expect(settings.disableAllHooks).toBe(false);
    const [{ matcher, hooks }] = settings.hooks.PreToolUse;
    expect(matcher).toBe("*");
    expect(hooks).toMatchObject([
      { type: "command", command: "/opt/mos/hook", args: ["claude"], onFailure: "block" },
      { type: "http", url: "http://127.0.0.1:3129/hook", onFailure: "block" },
    ]);
    expect(settings.permissions.deny).toEqual(
      expect.arrayContaining(["Bash", "Workflow", "WebFetch", "Agent", "Read(//tmp/home/**)", "Edit(//work/tree/.git/**)"]),
    );
    expect(JSON.parse(files["mcp.json"] ?? "")).toEqual({
      mcpServers: { mos: { type: "http", url: "http://127.0.0.1:3129/mcp", headers: { "x-mos-run": "word-of-the-run" } } },
    });
  });

  test.each(roles)("C1: %s gets the tools of its role, and never a shell", (role) => {
    const { argv } = claudeClient.launch({ ...run, role });
    const tools = (argv[argv.indexOf("--tools") + 1] ?? "").split(",");
    const writes = ["executor", "librarian", "operator-global"].includes(role);
    expect(tools).toEqual(["Read", "Grep", "Glob", ...(writes ? ["Edit", "Write"] : [])]);
    expect(settingsOf({ ...run, role }).permissions.deny.includes("Edit")).toBe(!writes);
  });
});

describe("the others", () => {
  test("C1: Codex has no shell, no approvals to ask for, and refuses settings that it does not know", () => {
    const { argv, files } = codexClient.launch({ ...run, hook: ["/opt/mos/hook", "co dex"] });
    const config = files["~/.codex/config.toml"] ?? "";
    expect(argv).toEqual(expect.arrayContaining(["--strict-config", "--ephemeral", "--ignore-rules"]));
    for (const line of [
      "shell_tool = false",
      'approval_policy = "never"',
      'sandbox_mode = "danger-full-access"',
      "enabled = false",
      `command = "/opt/mos/hook 'co dex'"`,
    ])
      expect(config.split("\n")).toContain(line);
    expect(codexClient.launch({ ...run, role: "scout" }).files["~/.codex/config.toml"]).toContain('sandbox_mode = "read-only"');
  });

  test("C1: OpenCode and Gemini CLI have no shell, and read nothing of the tree that is code to them", () => {
    const opencode = opencodeClient.launch(run);
    expect(JSON.parse(opencode.files["opencode.json"] ?? "").permission).toMatchObject({
      "*": "deny",
      bash: "deny",
      webfetch: "deny",
      task: "deny",
      mos_run: "allow",
    });
    expect(opencode.emptied).toEqual([".opencode"]);
    expect(JSON.parse(opencodeClient.launch({ ...run, role: "scout" }).files["opencode.json"] ?? "").permission).toMatchObject({
      edit: "deny",
    });
    const gemini = geminiClient.launch(run);
    const settings = JSON.parse(gemini.files["gemini.json"] ?? "");
    expect(settings.tools.core).not.toContain("run_shell_command");
    expect(settings.tools.exclude).toContain("run_shell_command");
    expect(settings.hooks.BeforeTool[0].hooks[0].command).toBe("/opt/mos/hook claude");
    expect(gemini.emptied).toEqual([".gemini"]);
  });

  test("C2, C13: what was never run here says so", () => {
    expect(geminiClient.measured).toMatchObject({ version: "none", holds: expect.stringContaining("nothing was measured") });
  });
});

describe("which version is used", () => {
  const fake = (says: string) => {
    const folder = makeTemporaryFolder("mos-client-");
    writeFileSync(join(folder.path, "claude"), `#!/bin/sh\necho '${says}'\n`);
    chmodSync(join(folder.path, "claude"), 0o755);
    return folder;
  };

  test.each([
    ["2.1.330 (Claude Code)", "found"],
    ["2.1.295 (Claude Code)", "found"],
    ["3.0.0 (Claude Code)", "found"],
    ["2.1.294 (Claude Code)", "refused"],
    ["1.9.999 (Claude Code)", "refused"],
    ["something else", "refused"],
  ])("C2: one that says %s is %s", async (says, kind) => {
    const folder = fake(says);
    try {
      const found = await claudeClient.find({ path: "/usr/bin:/bin", folders: [folder.path] });
      expect(found).toMatchObject({ kind, ...(kind === "refused" ? { remedy: expect.stringContaining("npm install") } : {}) });
    } finally {
      folder.remove();
    }
  });

  test("C2: an old one says why it is refused, an absent one how it is had", async () => {
    const folder = fake("2.1.197 (Claude Code)");
    expect(await claudeClient.find({ path: folder.path, folders: [] })).toMatchObject({
      reason: expect.stringContaining("when a hook crashes"),
    });
    folder.remove();
    expect(await claudeClient.find({ path: folder.path, folders: [] })).toMatchObject({
      kind: "absent",
      remedy: expect.stringContaining("npm install"),
    });
  });
});
