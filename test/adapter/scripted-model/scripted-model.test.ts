import { existsSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import {
  type ScriptedModel,
  type ScriptedModelArgs,
  startScriptedModel,
} from "../../../src/adapter/scripted-model/start-scripted-model.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";

const open: ScriptedModel[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((model) => model.close()));
});

async function start(args: ScriptedModelArgs): Promise<ScriptedModel> {
  const model = await startScriptedModel(args);
  open.push(model);
  return model;
}

const say = (model: ScriptedModel, path: string, body: unknown) =>
  fetch(`${model.url}${path}`, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });

const writeTurn = { text: "I write.", tools: [{ name: "Write", input: { file_path: "{{file}}", content: "x" } }] };
const variables = { file: "/tmp/a" };
const tool = { name: "Write" };

interface Form {
  readonly path: string;
  /** A request of these messages: what the user said, and how often the model answered with a call that got this result. */
  ask(args: { said: string; answered: number; stream?: boolean; tools?: boolean; ids?: readonly string[] }): unknown;
  /** Text and calls of a whole answer. */
  read(body: never): { text: string; calls: { id: string; name: string; input: unknown }[] };
  /** The same of a stream's events. */
  gather(events: never[]): { text: string; calls: { id: string; name: string; input: unknown }[] };
}

const times = <T>(count: number, make: (at: number) => T[]): T[] => Array.from({ length: count }, (_, at) => make(at)).flat();

const forms: Record<string, Form> = {
  "anthropic-messages": {
    path: "/v1/messages?beta=true",
    ask: ({ said, answered, stream = false, tools = true, ids = [] }) => ({
      model: "m",
      stream,
      tools: tools ? [tool] : [],
      messages: [
        { role: "system", content: "be good" },
        { role: "user", content: [{ type: "text", text: said }] },
        ...times<object>(answered, (at) => [
          { role: "assistant", content: [{ type: "tool_use", id: ids[at] ?? `t${at}`, name: "Write", input: {} }] },
          { role: "user", content: [{ type: "tool_result", tool_use_id: ids[at] ?? `t${at}`, is_error: true, content: `no ${at}` }] },
        ]),
      ],
    }),
    read: ({ content }: { content: { type: string; text: string; id: string; name: string; input: unknown }[] }) => ({
      text: content
        .filter(({ type }) => type === "text")
        .map(({ text }) => text)
        .join(""),
      calls: content.filter(({ type }) => type === "tool_use").map(({ id, name, input }) => ({ id, name, input })),
    }),
    gather: (events) => {
      const list = events as {
        type: string;
        delta?: { text?: string; partial_json?: string };
        content_block?: { type: string; id: string; name: string };
      }[];
      const block = list.find(({ content_block }) => content_block?.type === "tool_use")?.content_block;
      const json = list.map(({ delta }) => delta?.partial_json ?? "").join("");
      expect(list[0]?.type).toBe("message_start");
      expect(list.at(-1)?.type).toBe("message_stop");
      return {
        text: list.map(({ delta }) => delta?.text ?? "").join(""),
        calls: block ? [{ id: block.id, name: block.name, input: JSON.parse(json) }] : [],
      };
    },
  },
  "openai-responses": {
    path: "/v1/responses",
    ask: ({ said, answered, stream = false, tools = true, ids = [] }) => ({
      model: "m",
      stream,
      tools: tools ? [{ type: "function", ...tool }] : [],
      input: [
        { type: "message", role: "developer", content: [{ type: "input_text", text: "be good" }] },
        { type: "message", role: "user", content: [{ type: "input_text", text: said }] },
        ...times<object>(answered, (at) => [
          { type: "message", role: "assistant", content: [{ type: "output_text", text: "I write." }] },
          { type: "function_call", call_id: ids[at] ?? `call_${at + 1}_0`, name: "Write", arguments: "{}" },
          { type: "function_call_output", call_id: ids[at] ?? `call_${at + 1}_0`, output: `no ${at}` },
        ]),
      ],
    }),
    read: ({ output }: { output: { type: string; call_id: string; name: string; arguments: string; content: { text: string }[] }[] }) => ({
      text: output
        .filter(({ type }) => type === "message")
        .map(({ content }) => content[0]?.text)
        .join(""),
      calls: output
        .filter(({ type }) => type === "function_call")
        .map((one) => ({ id: one.call_id, name: one.name, input: JSON.parse(one.arguments) })),
    }),
    gather: (events) => {
      const list = events as { type: string; sequence_number: number; response?: never; delta?: string }[];
      expect(list.map(({ sequence_number }) => sequence_number)).toEqual(list.map((_, at) => at));
      expect(list[0]?.type).toBe("response.created");
      const whole = forms["openai-responses"]?.read(list.at(-1)?.response as never);
      const text = list
        .filter(({ type }) => type === "response.output_text.delta")
        .map(({ delta }) => delta)
        .join("");
      expect(text).toBe(whole?.text);
      return whole as { text: string; calls: [] };
    },
  },
  "openai-chat": {
    path: "/v1/chat/completions",
    ask: ({ said, answered, stream = false, tools = true, ids = [] }) => ({
      model: "m",
      stream,
      ...(tools ? { tools: [{ type: "function", function: tool }] } : {}),
      messages: [
        { role: "system", content: "be good" },
        { role: "user", content: said },
        ...times<object>(answered, (at) => [
          {
            role: "assistant",
            content: null,
            tool_calls: [{ id: ids[at] ?? `t${at}`, type: "function", function: { name: "Write", arguments: "{}" } }],
          },
          { role: "tool", tool_call_id: ids[at] ?? `t${at}`, content: `no ${at}` },
        ]),
      ],
    }),
    read: ({
      choices,
    }: {
      choices: { message: { content: string | null; tool_calls?: { id: string; function: { name: string; arguments: string } }[] } }[];
    }) => ({
      text: choices[0]?.message.content ?? "",
      calls: (choices[0]?.message.tool_calls ?? []).map((one) => ({
        id: one.id,
        name: one.function.name,
        input: JSON.parse(one.function.arguments),
      })),
    }),
    gather: (events) => {
      const deltas = (
        events as {
          choices: { delta: { content?: string; tool_calls?: { id?: string; function: { name?: string; arguments: string } }[] } }[];
        }[]
      ).map(({ choices }) => choices[0]?.delta);
      const calls = deltas.flatMap((delta) => delta?.tool_calls ?? []);
      const made = calls.find(({ id }) => id);
      const input = calls.map(({ function: { arguments: json } }) => json).join("");
      return {
        text: deltas.map((delta) => delta?.content ?? "").join(""),
        calls: made ? [{ id: made.id as string, name: made.function.name as string, input: JSON.parse(input) }] : [],
      };
    },
  },
};

/** The JSON of each `data:` line. */
async function readEvents(response: Response): Promise<never[]> {
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const lines = (await response.text()).split("\n").filter((line) => line.startsWith("data: ") && line !== "data: [DONE]");
  return lines.map((line) => JSON.parse(line.slice(6)) as never);
}

describe.each(Object.entries(forms))("a scripted model, asked as %s", (protocol, form) => {
  const script = { routes: [{ match: "sub task", turns: [{ text: "I am the other." }] }], default: [writeTurn, { text: "Written." }] };

  test.each([false, true])("plays its turns by what stands in the request (streamed: %s)", async (stream) => {
    const model = await start({ script, variables });
    const read = async (body: unknown) => {
      const response = await say(model, form.path, body);
      expect(response.status).toBe(200);
      return stream ? form.gather(await readEvents(response)) : form.read((await response.json()) as never);
    };
    const first = await read(form.ask({ said: "go", answered: 0, stream }));
    expect(first).toMatchObject({ text: "I write.", calls: [{ name: "Write", input: { file_path: "/tmp/a", content: "x" } }] });
    const ids = first.calls.map(({ id }) => id);
    expect(await read(form.ask({ said: "go", answered: 1, stream, ids }))).toEqual({ text: "Written.", calls: [] });
    expect(await read(form.ask({ said: "go", answered: 2, stream, ids }))).toEqual({ text: "done", calls: [] });
    expect(await read(form.ask({ said: "do the sub task", answered: 0, stream }))).toEqual({ text: "I am the other.", calls: [] });
    expect(await read(form.ask({ said: "go", answered: 0, stream, tools: false }))).toEqual({ text: "ok", calls: [] });

    const [asked] = model.requests();
    expect(asked).toMatchObject({ protocol, route: "default", turn: 0, tools: ["Write"], results: [], method: "POST", path: form.path });
    expect(model.requests().map(({ route, turn }) => `${route} ${turn}`)).toEqual([
      "default 0",
      "default 1",
      "default 2",
      "sub task 0",
      "none 0",
    ]);
    const isError = protocol === "anthropic-messages";
    expect(model.calls()).toMatchObject([{ name: "Write", route: "default", turn: 0, result: { text: "no 0", isError } }]);
  });

  test("errors, with the time to wait", async () => {
    const model = await start({ script: { default: [{ status: 429, retryAfterSeconds: 7, text: "slow down" }] } });
    const response = await say(model, form.path, form.ask({ said: "go", answered: 0 }));
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7"]);
    expect(await response.json()).toMatchObject({ error: { type: "rate_limit_error", message: "slow down" } });
  });

  test.each([false, true])("an answer that breaks off (streamed: %s)", async (stream) => {
    const model = await start({ script: { default: [{ text: "a long answer", cut: true }] } });
    const response = await say(model, form.path, form.ask({ said: "go", answered: 0, stream }));
    await expect(response.text()).rejects.toThrow(/terminated|aborted/);
  });

  test("an answer that does not come; whoever asked may leave", async () => {
    const model = await start({ script: { default: [{ text: "late", hangMs: 60_000 }] } });
    const asked = fetch(`${model.url}${form.path}`, {
      method: "POST",
      body: JSON.stringify(form.ask({ said: "go", answered: 0 })),
      signal: AbortSignal.timeout(200),
    });
    await expect(asked).rejects.toThrow(/timeout|aborted/);
    expect(model.requests()).toHaveLength(1);
  });

  test("a turn may be answered by code, after what it does between two turns", async () => {
    const seen: string[] = [];
    const model = await start({
      script: { default: [{ text: "by the script" }] },
      onTurn: async ({ turn, results }) => {
        seen.push(`${turn} ${results.length}`);
        return turn === 1 ? { text: `I heard: ${results[0]?.text}` } : undefined;
      },
    });
    const read = async (answered: number) =>
      form.read((await (await say(model, form.path, form.ask({ said: "go", answered }))).json()) as never).text;
    expect([await read(0), await read(1)]).toEqual(["by the script", "I heard: no 0"]);
    expect(seen).toEqual(["0 0", "1 1"]);
  });
});

describe("a scripted model", () => {
  test("answers what clients ask beside the conversation, and says of the rest that it has it not", async () => {
    const model = await start({ script: {} });
    const status = async (method: string, path: string) => (await fetch(`${model.url}${path}`, { method })).status;
    expect(await status("HEAD", "/")).toBe(200);
    expect(await (await fetch(`${model.url}/v1/messages/count_tokens`, { method: "POST", body: "{}" })).json()).toEqual({
      input_tokens: 100,
    });
    expect(await (await fetch(`${model.url}/v1/models`)).json()).toMatchObject({ data: [{ id: "scripted" }] });
    expect(await status("GET", "/v1/nothing")).toBe(404);
    expect(await status("POST", "/v1/messages")).toBe(404);
    expect(model.requests().every(({ protocol }) => protocol === "other")).toBe(true);
  });

  test("a name without a value, and a script that is none, are refused at the start", async () => {
    await expect(startScriptedModel({ script: { default: [{ text: "{{toString}}" }] } })).rejects.toThrow("{{toString}}");
    await expect(startScriptedModel({ script: { defaults: [] } as never })).rejects.toThrow();
  });

  test("parallel calls of one answer are one turn, however OpenAI's clients lay them", async () => {
    const model = await start({
      script: { default: [{ tools: [writeTurn.tools[0], writeTurn.tools[0]] as never }, { text: "second" }] },
      variables,
    });
    const call = (id: string) => ({ type: "function_call", call_id: id, name: "Write", arguments: "{}" });
    const result = (id: string) => ({ type: "function_call_output", call_id: id, output: "no" });
    const user = { type: "message", role: "user", content: "go" };
    for (const input of [
      [user, call("call_1_0"), call("call_1_1"), result("call_1_0"), result("call_1_1")],
      [user, call("call_1_0"), result("call_1_0"), call("call_1_1"), result("call_1_1")],
    ]) {
      const body = (await (await say(model, "/v1/responses", { model: "m", tools: [tool], input })).json()) as {
        output: { content: { text: string }[] }[];
      };
      expect(body.output[0]?.content[0]?.text).toBe("second");
    }
  });

  test("tools in a namespace and tools that take a text are called in their own form", async () => {
    const tools = [
      { type: "namespace", name: "mcp__mos__", tools: [{ type: "function", name: "run" }] },
      { type: "custom", name: "apply_patch" },
    ];
    const turn = {
      tools: [
        { name: "mcp__mos__run", input: { command: "ls" } },
        { name: "apply_patch", input: { input: "*** Begin" } },
      ],
    };
    const model = await start({ script: { default: [turn] } });
    const { output } = (await (await say(model, "/v1/responses", { model: "m", tools, input: "go" })).json()) as { output: unknown[] };
    expect(output).toMatchObject([
      { type: "function_call", namespace: "mcp__mos__", name: "run", arguments: '{"command":"ls"}' },
      { type: "custom_tool_call", name: "apply_patch", input: "*** Begin" },
    ]);
    expect(model.requests()[0]?.tools).toEqual(["mcp__mos__run", "apply_patch"]);
  });

  test("listens on a unix socket, and is gone when closed", async () => {
    const { path, remove } = makeTemporaryFolder("mos-model-");
    const socket = join(path, "model.sock");
    const model = await startScriptedModel({ script: { default: [{ text: "hello" }] }, listen: { socket } });
    expect(model.url).toBe(socket);
    const body = JSON.stringify(forms["anthropic-messages"]?.ask({ said: "go", answered: 0 }));
    const answered = await new Promise<string>((resolve, reject) => {
      const asked = request({ socketPath: socket, path: "/v1/messages", method: "POST" }, (response) => {
        let text = "";
        response.on("data", (piece) => {
          text += piece;
        });
        response.on("end", () => resolve(text));
      });
      asked.on("error", reject).end(body);
    });
    expect(answered).toContain("hello");
    await model.close();
    expect(existsSync(socket)).toBe(false);
    remove();
  });
});
