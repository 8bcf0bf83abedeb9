import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { claudeClient } from "../../src/adapter/client/claude/claude-client.ts";
import type { Decision } from "../../src/contract/policy.ts";
import { boxAvailable } from "../support/open-box.ts";
import { openWorld } from "../support/open-world.ts";
import { findRealClient, makeHook, runRealClient } from "../support/run-real-client.ts";

const found = await findRealClient(claudeClient);
const why = !boxAvailable
  ? " (skipped: no sandbox here)"
  : found.kind === "found"
    ? ""
    : ` (skipped: claude is ${found.kind}; ./run test installs it)`;

const deny: Decision = { decision: "deny", guard: "boundary-guard", rule: "P9", reason: "That is not yours.", remedy: "Ask the operator." };
const call = (name: string, input: Record<string, unknown>) => ({ tools: [{ name, input }] });
const openMusic = () =>
  openWorld({ music: { prefix: "MUS", files: { "README.md": "# Music\n", "wiki/index.md": "# Wiki\n", "check.sh": "true\n" } } });

describe.skipIf(why !== "")(`the real Claude Code in its box${why}`, () => {
  test("C1 C7 C8: works on the tree with its own tools and runs commands in the tool box alone", async () => {
    const opened = await openMusic();
    try {
      const seen: Record<string, string | undefined> = {};
      const { result, requests } = await runRealClient(opened, claudeClient, {
        script: {
          default: [
            call("Read", { file_path: "/work/tree/README.md" }),
            call("Edit", { file_path: "/work/tree/README.md", old_string: "# Music", new_string: "# Songs" }),
            call("Write", { file_path: "/work/tree/new.txt", content: "hello" }),
            call("mcp__mos__run", { command: "cat README.md new.txt; id -u; ls /opt; echo made > made.txt" }),
            call("mcp__mos__run", { command: "exit 3" }),
            call("Write", { file_path: "/work/tree/wiki/index.md", content: "mine" }),
            call("Bash", { command: "touch /work/tree/by-bash" }),
            call("WebFetch", { url: "https://example.invalid/", prompt: "x" }),
            call("Agent", { description: "x", prompt: "x", subagent_type: "general-purpose" }),
            { text: "finished" },
          ],
        },
        body: async (_slot, tree) => {
          for (const name of ["README.md", "new.txt", "made.txt", "wiki/index.md", "by-bash"]) {
            const path = join(tree, name);
            seen[name] = existsSync(path) ? readFileSync(path, "utf8") : undefined;
          }
        },
      });
      expect(result).toMatchObject({ exitCode: 0, endedBy: "exit", requests: 10, denials: [], stderr: "" });
      expect(seen).toEqual({
        "README.md": "# Songs\n",
        "new.txt": "hello",
        "made.txt": "made\n",
        "wiki/index.md": "# Wiki\n",
        "by-bash": undefined,
      });
      expect(requests[0]?.tools.filter((tool) => /^[A-Z]/.test(tool) && tool !== "DeferredToolPlaceholder").sort()).toEqual([
        "Edit",
        "Glob",
        "Grep",
        "Read",
        "Write",
      ]);
      const answers = requests.at(-1)?.results.map(({ text }) => text) ?? [];
      expect(answers[3]).toContain("# Songs\nhello20001\nmos\n");
      expect(answers[4]).toContain("exit code 3");
      expect(answers[5]).toMatch(/EROFS|read-only/i);
      for (const index of [6, 7, 8]) expect(answers[index]).toMatch(/No such tool available/);
      expect(result.toolCalls).toMatchObject({ mcp__mos__run: 2, Bash: 1 });
      expect(result.runCalls.map(({ exitCode }) => exitCode)).toEqual([0, 3]);
    } finally {
      await opened.remove();
    }
  });

  test("C7 C10: a guard's word reaches the model and the log, and the refused thing did not happen", async () => {
    const opened = await openMusic();
    try {
      const { result, requests } = await runRealClient(opened, claudeClient, {
        script: {
          default: [
            call("Write", { file_path: "/work/tree/forbidden.txt", content: "x" }),
            call("mcp__mos__run", { command: "touch forbidden.txt" }),
          ],
        },
        run: { decide: async (_agent, { input }) => (JSON.stringify(input).includes("forbidden") ? deny : { decision: "allow" }) },
        body: async (_slot, tree) => expect(existsSync(join(tree, "forbidden.txt"))).toBe(false),
      });
      expect(result.denials.map(({ tool }) => tool)).toEqual(["Write", "mcp__mos__run"]);
      const answers = requests.at(-1)?.results.map(({ text }) => text) ?? [];
      expect(answers).toHaveLength(2);
      for (const answer of answers) expect(answer).toContain("boundary-guard P9: That is not yours. Ask the operator.");
      const events = await opened.world.store.read((tx) => tx.events({ domain: "music" }));
      expect(events.map(({ kind }) => kind)).toEqual(["run.started", "guard.denied", "guard.denied", "run.ended"]);
      expect(events[1]?.data).toMatchObject({ guard: "boundary-guard", rule: "P9", tool: "Write" });
    } finally {
      await opened.remove();
    }
  });

  test.each([
    ["crashes", "process.exit(1)"],
    ["is killed", 'process.kill(process.pid, "SIGKILL")'],
    ["is not there", undefined],
    [
      "denies",
      `process.stdout.write(JSON.stringify({ hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: "no" } })); process.exitCode = 2`,
    ],
  ])("C1: a hook that %s lets nothing through", async (_how, script) => {
    const opened = await openMusic();
    try {
      const hook = script === undefined ? { argv: ["/opt/mos/nothing"], mounts: [] } : makeHook(opened.root, script);
      await runRealClient(opened, claudeClient, {
        script: {
          default: [call("Write", { file_path: "/work/tree/new.txt", content: "x" }), call("mcp__mos__run", { command: "touch ran.txt" })],
        },
        run: { hook },
        body: async (_slot, tree) => expect(["new.txt", "ran.txt"].filter((name) => existsSync(join(tree, name)))).toEqual([]),
      });
    } finally {
      await opened.remove();
    }
  });

  test("C6 C8: a run ends at its limits, with all that it started", async () => {
    const opened = await openMusic();
    try {
      const { result } = await runRealClient(opened, claudeClient, {
        script: { default: [{ hangMs: 60_000, text: "late" }] },
        run: { limits: { wallMs: 3000, turns: 5, requests: 10, tokens: 1000, transcriptBytes: 1_000_000 } },
      });
      expect(result).toMatchObject({ exitCode: null, endedBy: "timeout" });
      const many = Array.from({ length: 8 }, () => call("mcp__mos__run", { command: "true" }));
      const poor = await runRealClient(opened, claudeClient, {
        script: { default: many },
        run: { limits: { wallMs: 30_000, turns: 20, requests: 3, tokens: 100_000, transcriptBytes: 1_000_000 } },
      });
      expect(poor.result.requests).toBe(3);
      expect(poor.result.refused.join()).toContain("used its 3 requests");
    } finally {
      await opened.remove();
    }
  });
});
