import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startScriptedModel } from "../../src/adapter/scripted-model/start-scripted-model.ts";
import { findClient, whyNoClient } from "../support/find-clients.ts";
import { canary, makePluginWorkspace, type PluginWorkspace } from "../support/make-plugin-workspace.ts";
import { makeTemporaryFolder } from "../support/make-repository.ts";

const root = join(import.meta.dirname, "../..");
const program = findClient("claude") ?? "";
const why = whyNoClient("claude");

const quiet = {
  DISABLE_AUTOUPDATER: "1",
  DISABLE_TELEMETRY: "1",
  DISABLE_ERROR_REPORTING: "1",
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
};

/** The real client with a home of its own, told to stay quiet. */
function claude(home: string, ...args: string[]): Promise<{ code: number; text: string }> {
  const quiet = {
    DISABLE_AUTOUPDATER: "1",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  };
  const env = { PATH: "/usr/bin:/bin", HOME: home, TERM: "dumb", LANG: "C.UTF-8", ...quiet };
  return new Promise((resolve) => {
    execFile(program, args, { env, cwd: home, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), text: stdout + stderr }),
    );
  });
}

describe.skipIf(why !== undefined)(`the plugin before the real client${why === undefined ? "" : ` (${why})`}`, () => {
  test.each(["plugin", "."])("M8: claude plugin validate --strict %s passes", async (path) => {
    const folder = makeTemporaryFolder("mos-home-");
    try {
      const { code, text } = await claude(folder.path, "plugin", "validate", "--strict", join(root, path));
      expect(text).toContain("Validation passed");
      expect(code).toBe(0);
    } finally {
      folder.remove();
    }
  });

  test("M8: from this checkout as a marketplace it is installed into a home of its own", async () => {
    const folder = makeTemporaryFolder("mos-home-");
    try {
      expect(await claude(folder.path, "plugin", "marketplace", "add", root)).toMatchObject({ code: 0 });
      expect(await claude(folder.path, "plugin", "install", "mos@master-os")).toMatchObject({ code: 0 });
      const { text } = await claude(folder.path, "plugin", "list");
      expect(text).toMatch(/mos@master-os/);
      expect(text).toMatch(/enabled/i);
      const cached = readdirSync(join(folder.path, ".claude/plugins/cache/master-os/mos"), { recursive: true }).map(String);
      expect(cached.some((path) => path.endsWith("scripts/guard"))).toBe(true);
    } finally {
      folder.remove();
    }
  });
});

describe.skipIf(why !== undefined)("the plugin in a session of the operator's own", () => {
  /** A session with a shell, all of it allowed, in which the model asks for the status and writes a file by the shell. */
  async function play(place: PluginWorkspace, cwd: string) {
    const model = await startScriptedModel({
      script: {
        default: [
          {
            tools: [
              { name: "mcp__plugin_mos_mos__show_status", input: {} },
              { name: "Bash", input: { command: "echo x > pwned" } },
            ],
          },
          { text: "done" },
        ],
      },
    });
    try {
      const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: place.folder, TERM: "dumb", LANG: "C.UTF-8", ...quiet };
      const words = ["-p", "do it", "--plugin-dir", join(root, "plugin"), "--allowedTools", "Bash,mcp__plugin_mos_mos"];
      const { exitCode, stderr } = await execa(program, words, {
        cwd,
        env: { ...env, ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: "made-up" },
        extendEnv: false,
        stdin: "ignore",
        reject: false,
        timeout: 90_000,
      });
      expect(exitCode, stderr).toBe(0);
      return {
        calls: model.calls(),
        wrote: existsSync(join(cwd, "pwned")),
        greeted: JSON.stringify(model.requests().map(({ body }) => body)).includes("Master OS workspace /"),
      };
    } finally {
      await model.close();
    }
  }

  test("M9: in a workspace it greets, its tools answer and its guard refuses the shell; elsewhere it is silent", async () => {
    const place = await makePluginWorkspace();
    try {
      const inside = await play(place, place.root);
      expect(inside.greeted).toBe(true);
      expect(inside.calls).toMatchObject([
        { name: "mcp__plugin_mos_mos__show_status", result: { isError: false, text: expect.stringContaining('"sealed":["trading"]') } },
        { name: "Bash", result: { isError: true, text: expect.stringMatching(/guard P[0-9.]+: /) } },
      ]);
      expect(inside.wrote).toBe(false);
      const plain = join(place.folder, "plain");
      mkdirSync(plain);
      const outside = await play(place, plain);
      expect(outside.greeted).toBe(false);
      expect(outside.calls[0]).toMatchObject({ result: { isError: true, text: expect.stringContaining("mos.yaml") } });
      expect(outside.wrote).toBe(true);
    } finally {
      place.remove();
    }
  });
});

describe("what the plugin's scripts call", () => {
  let workspace: PluginWorkspace;
  beforeAll(async () => {
    workspace = await makePluginWorkspace();
  });
  afterAll(() => workspace.remove());

  test("M9: the greeting is short, holds no words of repositories, and nothing of a sealed domain but its name", async () => {
    const { exitCode, stdout } = await workspace.mos("sweep", "--greet", "--no-input");
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Master OS workspace ${workspace.root}`);
    expect(stdout).toContain("- music: 0 open");
    expect(stdout).toContain("sealed, for the operator's own terminal: trading");
    expect(stdout).not.toMatch(new RegExp(`${canary}|vinyl|TRD-`));
    expect(stdout.length).toBeLessThan(1500);
  });

  test("M13: the status line is one line of figures; without a workspace it is empty", async () => {
    const line = await workspace.mos("status", "--line");
    expect(line).toMatchObject({ exitCode: 0, stdout: "mos · 1 ready\n", stderr: "" });
    expect(await workspace.mos("status", "--line", "--workspace", workspace.folder)).toMatchObject({
      exitCode: 0,
      stdout: "\n",
      stderr: "",
    });
    const { data } = JSON.parse((await workspace.mos("status", "--line", "--json")).stdout);
    expect(data.queue).toHaveLength(1);
  });
});
