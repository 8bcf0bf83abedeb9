import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claudeClient } from "../../src/adapter/client/claude/claude-client.ts";
import { codexClient } from "../../src/adapter/client/codex/codex-client.ts";
import { type ScriptedModel, startScriptedModel } from "../../src/adapter/scripted-model/start-scripted-model.ts";
import { makeTemporaryFolder } from "../support/make-repository.ts";
import { inPrivateMount, whyNoPrivateMount } from "../support/private-mount.ts";
import { findRealClient } from "../support/run-real-client.ts";

const program = join(import.meta.dirname, "../../dist/mos.mjs");
const noMount = whyNoPrivateMount();
const claude = await findRealClient(claudeClient);
const codex = await findRealClient(codexClient);

let folder: ReturnType<typeof makeTemporaryFolder>;
let root: string;
let etc: string;
let model: ScriptedModel | undefined;
beforeEach(() => {
  folder = makeTemporaryFolder("mos-managed-");
  root = join(folder.path, "os");
  etc = join(folder.path, "etc");
  mkdirSync(etc);
  mkdirSync(join(folder.path, "bin"));
  // What programs need of it; the machine's own is covered, and never written.
  execFileSync("sh", [
    "-c",
    'cp -a /etc/passwd /etc/group /etc/hosts /etc/nsswitch.conf /etc/ld.so.cache /etc/alternatives /etc/ssl "$1" 2>/dev/null || true',
    "sh",
    etc,
  ]);
  writeFileSync(join(folder.path, ".gitconfig"), "[user]\n\tname = Test Operator\n\temail = operator@example.invalid\n");
  execFileSync(process.execPath, [program, "init", root, "--yes", "--json"], {
    env: { PATH: process.env.PATH, HOME: folder.path },
    stdio: "pipe",
  });
});
afterEach(async () => {
  await model?.close();
  model = undefined;
  folder.remove();
});

/** Runs `argv` where /etc is a copy. */
async function runPrivately(argv: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const [command = "", ...rest] = inPrivateMount({ folder: etc, mount: 'mount --bind "$1" /etc', argv });
  const ran = await execa(command, rest, {
    cwd: options.cwd ?? folder.path,
    env: { PATH: `${join(folder.path, "bin")}:${process.env.PATH}`, HOME: folder.path, LANG: "C.UTF-8", TERM: "dumb", ...options.env },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: 90_000,
  });
  return { code: ran.exitCode, stdout: ran.stdout, stderr: ran.stderr };
}

/** A program of that name on PATH which says a version, or is the real one. */
function putClient(name: string, content: string): void {
  writeFileSync(join(folder.path, "bin", name), content);
  chmodSync(join(folder.path, "bin", name), 0o755);
}
const mos = (...args: string[]) => runPrivately([process.execPath, program, ...args, "--workspace", root]);

describe.skipIf(noMount !== undefined)(
  `mos guard install --managed on a copy of /etc${noMount === undefined ? "" : ` (skipped: ${noMount})`}`,
  () => {
    test("C11 C12: is shown, written, current, and stale when somebody else changes it", async () => {
      putClient("claude", "#!/bin/sh\necho '2.1.330 (Claude Code)'\n");
      putClient("codex", "#!/bin/sh\necho 'codex-cli 0.169.0'\n");
      putClient("gemini", "#!/bin/sh\necho 0.60.0\n");
      const shown = await mos("guard", "install", "--managed", "--dry-run");
      expect(shown.code).toBe(0);
      expect(shown.stderr).toContain("/etc/claude-code/managed-settings.json (a new file)");
      expect(existsSync(join(etc, "claude-code"))).toBe(false);
      const written = JSON.parse((await mos("guard", "install", "--managed", "--json")).stdout);
      expect(written.data).toMatchObject({
        written: true,
        skipped: [{ client: "opencode" }, { client: "gemini", reason: expect.stringContaining("older than") }],
      });
      const settings = JSON.parse(readFileSync(join(etc, "claude-code/managed-settings.json"), "utf8"));
      expect(settings.hooks.PreToolUse[0].hooks[0]).toMatchObject({ command: "/etc/claude-code/mos-guard", onFailure: "block" });
      expect(readFileSync(join(etc, "codex/requirements.toml"), "utf8")).toContain("hooks = true");
      const again = JSON.parse((await mos("guard", "install", "--managed", "--json")).stdout);
      expect(again.data).toMatchObject({ written: false, changes: [], current: ["claude", "codex"] });
      const status = async () => JSON.parse((await mos("guard", "status", "--json")).stdout).data;
      expect((await status())[0]).toMatchObject({
        client: "claude",
        sessions: "enforced",
        installed: [{ scope: "managed", state: "current" }],
      });
      writeFileSync(join(etc, "claude-code/managed-settings.json"), JSON.stringify({ ...settings, disableAllHooks: true }));
      expect((await status())[0]).toMatchObject({
        sessions: "none",
        installed: [{ state: "stale" }],
        fix: "Run: mos guard install --managed",
      });
      const kinds = JSON.parse((await mos("log", "--json")).stdout).data.map(({ kind }: { kind: string }) => kind);
      expect(kinds.filter((kind: string) => kind === "guard.installed")).toHaveLength(4);
    });

    test("C11: without the right to write there, the remedy is the exact command", async () => {
      putClient("claude", "#!/bin/sh\necho '2.1.330 (Claude Code)'\n");
      const [command = "", ...rest] = inPrivateMount({
        folder: etc,
        mount: 'mount --bind "$1" /etc; mount -o remount,bind,ro /etc',
        argv: [process.execPath, program, "guard", "install", "--managed", "--json", "--workspace", root],
      });
      const ran = await execa(command, rest, {
        env: { PATH: `${join(folder.path, "bin")}:${process.env.PATH}`, HOME: folder.path },
        extendEnv: false,
        reject: false,
        stdin: "ignore",
      });
      expect(JSON.parse(ran.stdout).error).toMatchObject({
        code: "guard-no-right",
        hint: `Run it with the right to: sudo mos guard install --managed --workspace ${root}`,
      });
    });

    const noClaude = claude.kind === "found" ? "" : ` (skipped: claude is ${claude.kind})`;
    test.skipIf(noClaude !== "")(`C11 C12: nothing switches off in the real Claude Code what is managed${noClaude}`, async () => {
      if (claude.kind !== "found") return;
      putClient("claude", `#!/bin/sh\nexec ${claude.program} "$@"\n`);
      expect((await mos("guard", "install", "--managed", "--json")).code).toBe(0);
      const off = JSON.stringify({ disableAllHooks: true, permissions: { allow: ["Bash(*)", "Write(*)"] } });
      for (const place of [join(root, ".claude"), join(folder.path, ".claude")]) {
        mkdirSync(place, { recursive: true });
        for (const name of ["settings.json", "settings.local.json"]) writeFileSync(join(place, name), off);
      }
      const bash = { name: "Bash", input: { command: `touch ${root}/by-bash` } };
      for (const [flags, env] of [
        [[], {}],
        [["--bare"], {}],
        [["--safe-mode"], {}],
        [[], { CLAUDE_CODE_SIMPLE: "1" }],
      ] as const) {
        const asked = await startScriptedModel({ script: { default: [{ tools: [bash] }] } });
        model = asked;
        const ran = await runPrivately([claude.program, "--print", "--output-format", "json", "--allowedTools=Bash", ...flags, "do it"], {
          cwd: root,
          env: {
            ...env,
            ANTHROPIC_BASE_URL: asked.url,
            ANTHROPIC_API_KEY: "made-up",
            CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
            DISABLE_AUTOUPDATER: "1",
          },
        });
        expect([ran.code, asked.calls().map(({ name, result }) => [name, result?.isError]), ran.stderr]).toEqual([
          0,
          [["Bash", true]],
          expect.anything(),
        ]);
        expect(asked.calls()[0]?.result?.text).toMatch(/hook-tamper-guard|boundary-guard|PreToolUse/);
        expect(existsSync(join(root, "by-bash"))).toBe(false);
        await asked.close();
        model = undefined;
      }
    });

    const noCodex = codex.kind === "found" ? "" : ` (skipped: codex is ${codex.kind})`;
    test.skipIf(noCodex !== "")(
      `C11 C13: the real Codex runs the managed hook, though nobody trusted it and its own settings switch hooks off${noCodex}`,
      async () => {
        if (codex.kind !== "found") return;
        putClient("codex", `#!/bin/sh\nexec ${codex.program} "$@"\n`);
        expect((await mos("guard", "install", "--managed", "--json")).code).toBe(0);
        model = await startScriptedModel({
          script: { default: [{ tools: [{ name: "exec_command", input: { cmd: `touch ${root}/by-codex` } }] }] },
        });
        mkdirSync(join(folder.path, ".codex"));
        writeFileSync(
          join(folder.path, ".codex/config.toml"),
          `model = "gpt-5.4"\nmodel_provider = "stub"\napproval_policy = "never"\nsandbox_mode = "danger-full-access"\n[features]\nhooks = false\n[model_providers.stub]\nname = "stub"\nbase_url = "${model.url}/v1"\nwire_api = "responses"\n`,
        );
        await runPrivately([codex.program, "exec", "--skip-git-repo-check", "do it"], { cwd: root });
        expect(model.calls().map(({ name }) => name)).toEqual(["exec_command"]);
        expect(existsSync(join(root, "by-codex"))).toBe(false);
      },
    );
  },
);
