import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { claudeClient } from "../../../src/adapter/client/claude/claude-client.ts";
import { roles } from "../../../src/contract/policy.ts";
import type { AgentClientDriver, ClientRun } from "../../../src/port/agent-client.ts";
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
const drivers: readonly AgentClientDriver[] = [claudeClient];

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
