import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startScriptedModel } from "../../src/adapter/scripted-model/start-scripted-model.ts";
import { findClient, whyNoClient } from "../support/find-clients.ts";
import { makeTemporaryFolder } from "../support/make-repository.ts";
import { boxAvailable } from "../support/open-box.ts";
import { offlineUrl, runOffline } from "../support/run-offline.ts";

/** The scripted model is what the real clients take it for: they run its calls and answer them. No guard in force here. */
let folder: ReturnType<typeof makeTemporaryFolder>;
beforeAll(() => {
  folder = makeTemporaryFolder("mos-scripted-");
});
afterAll(() => folder.remove());

/** The model's socket is in the client's own folder, which is made first. */
function makePlace(name: string): { cwd: string; socket: string } {
  const cwd = join(folder.path, name);
  mkdirSync(join(cwd, "home"), { recursive: true });
  return { cwd, socket: join(cwd, "model.sock") };
}

describe("the scripted model and real clients", () => {
  test.skipIf(whyNoClient("claude") ?? !boxAvailable)(
    "Claude Code plays a script with a subagent, tries again after a 529, and ends",
    async () => {
      const { cwd, socket } = makePlace("claude");
      let refusals = 0;
      const model = await startScriptedModel({
        script: {
          routes: [
            {
              match: "Write the note",
              turns: [{ tools: [{ name: "Write", input: { file_path: "{{cwd}}/note", content: "by a helper" } }] }],
            },
          ],
          default: [
            {
              tools: [
                {
                  name: "Agent",
                  input: { description: "note", subagent_type: "general-purpose", prompt: "Write the note", run_in_background: false },
                },
              ],
            },
            { text: "All is done." },
          ],
        },
        variables: { cwd },
        listen: { socket },
        onTurn: ({ turn, route }) =>
          route === "default" && turn === 0 && refusals++ === 0 ? { status: 529, retryAfterSeconds: 0 } : undefined,
      });
      const run = await runOffline({
        cwd,
        socket,
        program: findClient("claude") as string,
        argv: ["-p", "go", "--output-format", "json", "--allowedTools", "Write,Agent"],
        env: {
          HOME: join(cwd, "home"),
          ANTHROPIC_BASE_URL: offlineUrl,
          ANTHROPIC_API_KEY: "made-up",
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
          DISABLE_AUTOUPDATER: "1",
        },
      });
      await model.close();
      expect(run.stdout).toContain("All is done.");
      expect(readFileSync(join(cwd, "note"), "utf8")).toBe("by a helper");
      expect(refusals).toBe(2);
      expect(model.calls()).toMatchObject([
        { name: "Agent", result: { isError: false } },
        { name: "Write", route: "Write the note", result: { isError: false } },
      ]);
    },
  );

  test.skipIf(whyNoClient("codex") ?? !boxAvailable)("Codex runs its calls", async () => {
    const { cwd, socket } = makePlace("codex");
    const model = await startScriptedModel({
      listen: { socket },
      script: {
        default: [{ text: "Look.", tools: [{ name: "exec_command", input: { cmd: "echo seen-$((40+2))" } }] }, { text: "All is done." }],
      },
    });
    const provider = `{name="local",base_url="${offlineUrl}/v1",env_key="MADE_UP",wire_api="responses"}`;
    const run = await runOffline({
      cwd,
      socket,
      program: findClient("codex") as string,
      argv: [
        ...[
          "exec",
          "--skip-git-repo-check",
          "--dangerously-bypass-approvals-and-sandbox",
          "-c",
          "model_provider=local",
          "-c",
          "model=scripted",
        ],
        ...["-c", `model_providers.local=${provider}`, "go"],
      ],
      env: { HOME: join(cwd, "home"), MADE_UP: "made-up" },
    });
    await model.close();
    expect(run.stdout).toContain("All is done.");
    expect(model.calls()).toMatchObject([{ name: "exec_command", result: { text: expect.stringContaining("seen-42") } }]);
  });

  test.skipIf(whyNoClient("opencode") ?? !boxAvailable)("OpenCode runs its calls", async () => {
    const { cwd, socket } = makePlace("opencode");
    const model = await startScriptedModel({
      listen: { socket },
      script: {
        default: [
          { text: "Look.", tools: [{ name: "bash", input: { command: "echo seen-$((40+2))", description: "look" } }] },
          { text: "All is done." },
        ],
      },
    });
    const provider = {
      npm: "@ai-sdk/openai-compatible",
      name: "local",
      options: { baseURL: `${offlineUrl}/v1`, apiKey: "made-up" },
      models: { m1: { name: "m1", tool_call: true, limit: { context: 100_000, output: 4000 } } },
    };
    const config = {
      autoupdate: false,
      share: "disabled",
      model: "local/m1",
      small_model: "local/m1",
      enabled_providers: ["local"],
      permission: { "*": "allow" },
      provider: { local: provider },
    };
    writeFileSync(join(cwd, "opencode.json"), JSON.stringify(config));
    const run = await runOffline({
      cwd,
      socket,
      program: findClient("opencode") as string,
      argv: ["run", "go"],
      env: {
        HOME: join(cwd, "home"),
        OPENCODE_DISABLE_MODELS_FETCH: "1",
        OPENCODE_DISABLE_AUTOUPDATE: "1",
        OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
        OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
      },
    });
    await model.close();
    expect(run.stdout).toContain("All is done.");
    expect(model.calls()).toMatchObject([{ name: "bash", result: { text: expect.stringContaining("seen-42") } }]);
  });
});
