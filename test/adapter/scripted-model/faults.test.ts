import { afterEach, describe, expect, test } from "vitest";
import {
  type ScriptedModel,
  type ScriptedModelArgs,
  startScriptedModel,
} from "../../../src/adapter/scripted-model/start-scripted-model.ts";

const open: ScriptedModel[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((model) => model.close()));
});
async function start(script: ScriptedModelArgs["script"]): Promise<ScriptedModel> {
  const model = await startScriptedModel({ script });
  open.push(model);
  return model;
}

const ask = (model: ScriptedModel, { stream, answered = 0 }: { stream: boolean; answered?: number }) =>
  fetch(`${model.url}/v1/messages`, {
    method: "POST",
    body: JSON.stringify({
      model: "m",
      stream,
      tools: [{ name: "Write" }],
      messages: [
        { role: "user", content: "go" },
        ...Array.from({ length: answered }, () => [
          { role: "assistant", content: "x" },
          { role: "user", content: "y" },
        ]).flat(),
      ],
    }),
  });

describe("faults of the scripted model", () => {
  test.each([true, false])("a fault that comes so many times is over after them (streamed: %s)", async (stream) => {
    const model = await start({ default: [{ text: "at last", status: 429, retryAfterSeconds: 3, times: 2 }, { text: "next" }] });
    const answers = [await ask(model, { stream }), await ask(model, { stream }), await ask(model, { stream })];
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(answers[0]?.headers.get("retry-after")).toBe("3");
    expect(answers[2]?.headers.get("retry-after")).toBeNull();
    const whole = (await answers[2]?.text()) ?? "";
    expect([...whole.matchAll(/"text":"([^"]*)"/g)].map(([, text]) => text).join("")).toBe("at last");
    expect((await ask(model, { stream, answered: 1 })).status).toBe(200);
  });

  test.each([true, false])("a malformed answer begins well and cannot be read to its end (streamed: %s)", async (stream) => {
    const model = await start({ default: [{ text: "some words", malformed: true }] });
    const response = await ask(model, { stream });
    expect(response.status).toBe(200);
    const text = await response.text();
    if (!stream) expect(() => JSON.parse(text)).toThrow();
    else {
      expect(text).toContain("message_start");
      expect(text).not.toContain("message_stop");
      const lines = text.split("\n").filter((line) => line.startsWith("data: "));
      expect(lines.some((line) => isBroken(line.slice(6)))).toBe(true);
    }
  });

  test("an answer that stalls goes on where it was", async () => {
    const model = await start({ default: [{ text: "some words", stallMs: 300 }] });
    const before = performance.now();
    const text = await (await ask(model, { stream: true })).text();
    expect(performance.now() - before).toBeGreaterThan(250);
    expect(text).toContain("message_stop");
  });

  test("cached tokens are said in each form as its API adds them up", async () => {
    const usage = { input: 100, output: 7, cacheRead: 30, cacheWrite: 5 };
    const model = await start({ default: [{ text: "x", usage }] });
    const say = async (path: string, body: object) =>
      (await fetch(`${model.url}${path}`, { method: "POST", body: JSON.stringify({ model: "m", ...body }) })).json();
    const messages = [{ role: "user", content: "go" }];
    expect(await say("/v1/messages", { messages, tools: [{ name: "t" }] })).toMatchObject({
      usage: { input_tokens: 100, cache_read_input_tokens: 30, cache_creation_input_tokens: 5, output_tokens: 7 },
    });
    const functions = [{ type: "function", function: { name: "t" } }];
    expect(await say("/v1/chat/completions", { messages, tools: functions })).toMatchObject({
      usage: { prompt_tokens: 130, prompt_tokens_details: { cached_tokens: 30 }, completion_tokens: 7 },
    });
    expect(await say("/v1/responses", { input: "go", tools: [{ type: "function", name: "t" }] })).toMatchObject({
      usage: { input_tokens: 130, input_tokens_details: { cached_tokens: 30 }, output_tokens: 7 },
    });
    const google = { contents: [{ role: "user", parts: [{ text: "go" }] }], tools: [{ functionDeclarations: [{ name: "t" }] }] };
    expect(await say("/v1beta/models/m:generateContent", google)).toMatchObject({
      usageMetadata: { promptTokenCount: 130, cachedContentTokenCount: 30, candidatesTokenCount: 7 },
    });
  });

  test("Google's form: streamed and whole, calls with their results, errors as it says them", async () => {
    const model = await start({
      default: [
        { text: "I write.", tools: [{ name: "Write", input: { path: "a" } }] },
        { text: "no", status: 503 },
      ],
    });
    const say = (verb: string, contents: object[]) =>
      fetch(`${model.url}/v1beta/models/gem:${verb}`, {
        method: "POST",
        body: JSON.stringify({ contents, tools: [{ functionDeclarations: [{ name: "Write" }] }] }),
      });
    const user = { role: "user", parts: [{ text: "go" }] };
    const streamed = await (await say("streamGenerateContent?alt=sse", [user])).text();
    const parts = streamed
      .split("\r\n\r\n")
      .filter((line) => line !== "")
      .flatMap((line) => JSON.parse(line.slice(6)).candidates[0].content.parts);
    expect(parts.map(({ text }) => text ?? "").join("")).toBe("I write.");
    const call = parts.find(({ functionCall }) => functionCall);
    expect(call).toMatchObject({ functionCall: { name: "Write", args: { path: "a" } } });
    const answered = { role: "user", parts: [{ functionResponse: { name: "Write", response: { content: "made" } } }] };
    const next = await say("generateContent", [user, { role: "model", parts: [call] }, answered]);
    expect(next.status).toBe(503);
    expect(await next.json()).toEqual({ error: { code: 503, message: "no", status: "UNAVAILABLE" } });
    expect(model.calls()).toMatchObject([{ name: "Write", input: { path: "a" }, result: { isError: false, text: "made" } }]);
    expect(model.requests().map(({ protocol, turn, tools }) => [protocol, turn, tools])).toEqual([
      ["google-generate", 0, ["Write"]],
      ["google-generate", 1, ["Write"]],
    ]);
  });
});

function isBroken(json: string): boolean {
  try {
    JSON.parse(json);
    return false;
  } catch {
    return true;
  }
}
