import { spawn } from "node:child_process";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, test, vi } from "vitest";
import { talkAcp } from "../../../../src/adapter/client/acp/talk-acp.ts";
import type { Decision, ToolCall } from "../../../../src/contract/policy.ts";
import type { ClientHost, ClientReading, ClientRun } from "../../../../src/port/agent-client.ts";
import type { BoxResult } from "../../../../src/port/box.ts";

const agent = join(import.meta.dirname, "../../../fixture/acp/agent.mjs");
const deny: Decision = { decision: "deny", guard: "boundary-guard", rule: "P9", reason: "Not yours.", remedy: "Ask." };

interface Talked {
  readonly reading: ClientReading;
  readonly said: readonly string[];
  readonly asked: readonly ToolCall[];
  readonly ran: readonly Parameters<ClientHost["run"]>[0][];
  readonly kept: string;
}

/** One conversation with the fixture as a plain process: what it asks for is answered by the test. */
async function talk(
  steps: readonly unknown[],
  how: {
    shape?: unknown;
    run?: Partial<ClientRun>;
    decide?: (call: ToolCall) => Decision;
    /** `hold`: it runs until that. */
    box?: (command: Talked["ran"][number]) => Partial<BoxResult> & { hold?: AbortSignal | undefined };
  } = {},
): Promise<Talked> {
  const asked: ToolCall[] = [];
  const ran: Talked["ran"][number][] = [];
  const said: string[] = [];
  const talking = await talkAcp(
    {
      ...{ role: "executor", domain: "music", prompt: "do it", tree: "/work/tree", relay: "http://127.0.0.1:9", token: "word" },
      ...{ configDir: "/opt/mos/run", hook: [], maxTurns: 10 },
      ...how.run,
    },
    {
      ask: async (call) => {
        asked.push(call);
        return how.decide?.(call) ?? { decision: "allow" };
      },
      run: async (command) => {
        ran.push(command);
        const { hold, ...result } = how.box?.(command) ?? {};
        if (hold && !hold.aborted) await new Promise<void>((resolve) => hold.addEventListener("abort", () => resolve()));
        return { exitCode: 0, endedBy: "exit", stdout: "", stderr: "", truncated: false, ms: 1, ...result };
      },
    },
  );
  const child = spawn(process.execPath, [agent], {
    env: { ACP_STEPS: JSON.stringify(steps), ACP_SHAPE: JSON.stringify(how.shape ?? {}) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const fed = pipeline(Readable.from(talking.input), child.stdin).catch(() => undefined);
  let kept = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.push(...talking.take(text));
    kept += talking.kept();
  });
  await Promise.race([talking.ended, gone]);
  const reading = talking.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), 300);
  await gone;
  clearTimeout(timer);
  await fed;
  return { reading, said: [...said, ...talking.take("")], asked, ran, kept: kept + talking.kept() };
}

describe("a conversation over the Agent Client Protocol", () => {
  test("RT50: a prompt is answered, what the model said comes in lines, calls and cost are counted, and the agent leaves", async () => {
    const { reading, said } = await talk([
      { say: "I look" },
      { say: " at it.\nThen" },
      { call: { toolCallId: "1", title: "mos_run", kind: "execute", status: "pending" } },
      { update: { toolCallId: "1", status: "completed" } },
      { cost: 0.25 },
      { say: "All is done." },
    ]);
    expect(said.slice(0, 2)).toEqual(["I look at it.", "Then"]);
    expect(reading).toMatchObject({ text: "All is done.", ended: true, turns: 2, toolCalls: { mos_run: 1 }, usd: 0.25, strange: 0 });
    expect(reading.fault).toBeUndefined();
  });

  test("RT51: what it asks for is judged by the guards, once and never for always; its own shell and the web are not for it", async () => {
    const ask = (call: Record<string, unknown>) => ({ permission: call });
    const { said, asked, reading } = await talk(
      [
        ask({ kind: "edit", title: "edit", rawInput: { filePath: "/work/tree/a.txt" } }),
        ask({ kind: "edit", title: "edit", content: [{ type: "diff", path: "/work/tree/secret.txt", newText: "x" }] }),
        ask({ kind: "read", title: "read", locations: [{ path: "/etc/shadow" }] }),
        ask({ kind: "execute", title: "ls", rawInput: { command: "ls" } }),
        ask({ kind: "fetch", title: "get", rawInput: { url: "http://127.0.0.1" } }),
        ask({ kind: "switch_mode", title: "yolo" }),
        ask({ kind: "other", title: "mos_run", rawInput: { command: "ls" } }),
        ask({ kind: "other", title: "something_else", rawInput: {} }),
        ask({ kind: "other", title: "mos_run", options: [{ optionId: "always", name: "Always", kind: "allow_always" }] }),
      ],
      {
        decide: ({ input, tool }) =>
          /secret|shadow/.test(JSON.stringify(input)) || tool === "something_else" ? deny : { decision: "allow" },
      },
    );
    const chosen = [...said, reading.text.split("\n").at(-2)].flatMap(
      (line) =>
        /"optionId":"(\w+)"|"outcome":"(cancelled)"/
          .exec(line ?? "")
          ?.slice(1)
          .filter(Boolean) ?? [],
    );
    expect(chosen.slice(0, 9)).toEqual(["once", "no", "no", "no", "no", "no", "once", "no", "cancelled"]);
    expect(asked.map(({ tool }) => tool)).toEqual(["Write", "Write", "Read", "something_else"]);
    expect(asked[1]?.input).toEqual({ file_path: "/work/tree/secret.txt" });
  });

  test("RT51: a role that writes nothing is offered no writing and gets none", async () => {
    const { said, ran } = await talk(
      [
        { write: { path: "/work/tree/a", content: "x" } },
        { permission: { kind: "edit", rawInput: { path: "/work/tree/a" } } },
        { terminal: { command: "ls" } },
      ],
      { run: { role: "scout" } },
    );
    expect(said.join("\n")).toMatch(/write refused: .*writes no files[\s\S]*"optionId":"no"[\s\S]*terminal refused: .*runs no commands/);
    expect(ran).toEqual([]);
  });

  test("RT52: files and terminals go through the guards into the tool box; a path is never part of a command", async () => {
    const odd = "/work/tree/$(touch owned) 'x'.txt";
    const { said, asked, ran } = await talk(
      [
        { read: odd },
        { read: { path: "/work/tree/song.txt", line: 2, limit: 1 } },
        { write: { path: "/work/tree/new.txt", content: "new\n" } },
        { read: "/home/secret" },
        { terminal: { command: "npm", args: ["test", "--", "a b"], cwd: "/work/tree/app" } },
        { terminal: { command: "echo a | wc -c" } },
        { terminal: { command: "cat", args: ["/home/secret"] } },
      ],
      {
        decide: ({ input }) => (JSON.stringify(input).includes("secret") ? deny : { decision: "allow" }),
        box: ({ command, onOutput }) => {
          if (command.startsWith("cat --")) return { stdout: "one\ntwo\nthree\n" };
          onOutput?.("printed\n");
          return { exitCode: 3 };
        },
      },
    );
    expect(ran.map(({ command }) => command)).toEqual([
      'cat -- "$MOS_PATH"',
      'cat -- "$MOS_PATH"',
      'mkdir -p -- "$(dirname -- "$MOS_PATH")" && cat > "$MOS_PATH"',
      "cd -- /work/tree/app && npm test -- 'a b'",
      "echo a | wc -c",
    ]);
    expect(ran[0]?.env).toEqual({ MOS_PATH: odd });
    expect(ran[2]).toMatchObject({ env: { MOS_PATH: "/work/tree/new.txt" }, input: "new\n" });
    const whole = said.join("\n");
    expect(whole).toContain("read: two");
    expect(whole).toContain("read refused: boundary-guard P9: Not yours. Ask.");
    expect(whole).toContain('terminal: {"output":"printed\\n","exitCode":3}');
    expect(whole).toContain("terminal refused: boundary-guard P9");
    expect(asked.map(({ tool }) => tool)).toEqual(["Read", "Read", "Write", "Read", "Bash", "Bash", "Bash"]);
  });

  test("RT52: half a file is no file, and a terminal can be ended", async () => {
    const { said } = await talk([{ read: "/work/tree/long" }, { kill: { command: "sleep", args: ["60"] } }], {
      box: ({ command, signal }) =>
        command.startsWith("cat") ? { truncated: true, stdout: "half" } : { exitCode: null, endedBy: signal?.aborted ? "abort" : "exit" },
    });
    expect(said.join("\n")).toMatch(/read refused: .*too long to be read whole/);
    expect(said.join("\n")).toMatch(/kill: /);
  });

  test.each([
    ["another version of the protocol", [], { version: 2 }, "not-ready", "version 2"],
    ["no MCP over HTTP", [], { http: false }, "not-ready", "MCP"],
    ["a login of its own", [], { login: true }, "not-ready", "log in first"],
    ["a line that breaks", [{ raw: '{"jsonrpc": "2.0", "meth\n' }, { hang: 1 }], {}, "malformed", "no message"],
    ["noise", [{ raw: "noise\n".repeat(60) }, { hang: 1 }], {}, "malformed", "50 lines"],
    ["a refusal of the model's", [], { stop: "refusal" }, "refused-by-provider", "refusal"],
    ["its own bound of turns", [], { stop: "max_turn_requests" }, "budget", "max_turn_requests"],
  ])("RT53: %s ends the conversation with a fault", async (_name, steps, shape, failure, message) => {
    const { reading } = await talk(steps, { shape });
    expect(reading.fault).toMatchObject({ failure });
    expect(reading.fault?.message).toContain(message);
  });

  test("RT53: a process that dies in the middle did not end, and a banner is no fault", async () => {
    const dead = await talk([{ raw: "Welcome!\n" }, { say: "I was about to\n" }, { exit: 7 }]);
    expect(dead.reading).toMatchObject({ ended: false, strange: 1 });
    expect(dead.said).toEqual(["I was about to"]);
  });

  test("RT53: what is none of the protocol's methods is answered with an error, and the conversation goes on", async () => {
    const { reading, said } = await talk([{ "fs/delete_everything": {} }, { say: "still here" }]);
    expect(said.join("\n")).toContain("fs/delete_everything refused");
    expect(reading).toMatchObject({ ended: true });
    expect(reading.text).toContain("still here");
  });

  test("RT54: a model that it offers is chosen, one that it does not offer is not asked for", async () => {
    const configOptions = [
      {
        id: "model",
        name: "Model",
        category: "model",
        type: "select",
        currentValue: "p/a",
        options: [
          { value: "p/a", name: "A" },
          { value: "p/b", name: "B" },
        ],
      },
    ];
    const chosen = await talk([], { shape: { configOptions }, run: { model: "b" } });
    expect(chosen.said.join("\n") + chosen.reading.text).toContain("config model p/b");
    const other = await talk([{ say: "x" }], { shape: { configOptions }, run: { model: "c" } });
    expect(other.reading.text).toBe("x");
  });

  test("RT50: usage in the answer to the prompt is read, where an agent tells it", async () => {
    const { reading } = await talk([], { shape: { usage: { inputTokens: 5, outputTokens: 6, cachedReadTokens: 7, totalTokens: 18 } } });
    expect(reading.usage).toEqual({ inputTokens: 5, outputTokens: 6, cacheReadTokens: 7, cacheWriteTokens: 0 });
  });

  const answer = { jsonrpc: "2.0", id: 999, result: {} };

  test("RT55: answers to nothing that was asked, and out of order, change nothing; the library prints nothing of them", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { reading } = await talk([
      { flood: { line: JSON.stringify(answer), times: 10 } },
      { flood: { line: JSON.stringify({ jsonrpc: "2.0", method: "session/evil\u001b[2J", params: 7 }) } },
      { flood: { line: JSON.stringify({ jsonrpc: "2.0", id: 5, method: "fs/read_text_file", params: "none" }) } },
      { flood: { line: JSON.stringify({ jsonrpc: "2.0", method: "session/update", params: [1] }) } },
      { say: "still here" },
    ]);
    expect(reading).toMatchObject({ ended: true, strange: 10 });
    expect(reading.text).toContain("still here");
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
  });

  test.each([
    ["answers to nothing for ever", { flood: { line: JSON.stringify(answer), times: 60 } }, "malformed", "answer nothing that was asked"],
    ["an answer that is two", { flood: { line: '{"jsonrpc":"2.0","id":2,"result":{},"error":{}}' } }, "malformed", "an answer of its"],
    ["a request without a name", { flood: { line: '{"jsonrpc":"2.0","id":null,"method":"fs/read_text_file"}' } }, "malformed", "no name"],
    ["a line without an end", { flood: { chars: 17_000_000 } }, "malformed", "16000000 characters"],
    [
      "a crowd of requests",
      { spam: { method: "fs/read_text_file", params: { path: "/work/tree/a" }, times: 300 } },
      "malformed",
      "at once",
    ],
    ["begging for ever", { beg: { kind: "read", locations: [{ path: "/etc/shadow" }] } }, "no-progress", "were refused"],
  ])("RT55: %s ends the conversation, in its bounds", async (_name, step, failure, message) => {
    const begun = performance.now();
    const { reading, asked, kept } = await talk([step, { hang: 1 }], {
      decide: ({ input }) => (JSON.stringify(input).includes("shadow") ? deny : { decision: "allow" }),
      // Nothing that it asks for is ever answered.
      box: ({ signal }) => ({ hold: signal }),
    });
    expect(reading.fault).toMatchObject({ failure });
    expect(reading.fault?.message).toContain(message);
    expect(asked.length).toBeLessThan(310);
    expect(kept.length).toBeLessThan(400_000);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  test("RT55: what it asked for is ended with it: no command outlives its conversation", async () => {
    let ended = 0;
    await talk([{ spam: { method: "terminal/create", params: { command: "sleep", args: ["60"] }, times: 6 } }, { exit: 1 }], {
      box: ({ signal }) => {
        signal?.addEventListener("abort", () => {
          ended += 1;
        });
        return { hold: signal };
      },
    });
    expect(ended).toBe(4);
  });

  test("RT57: what it says in pieces is kept by whole lines, in order", async () => {
    const { kept } = await talk([
      { say: "the key is canary" },
      { say: "-key and\nmore" },
      { call: { toolCallId: "1", title: "x" } },
      { say: "end" },
    ]);
    const lines = kept
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { params?: { update?: { content?: { text: string }; sessionUpdate: string } } });
    const told = lines.flatMap(({ params }) => params?.update?.content?.text ?? params?.update?.sessionUpdate ?? []);
    expect(told).toEqual(["the key is canary-key and", "more", "tool_call", "end"]);
  });
});
