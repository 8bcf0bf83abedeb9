import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { RelayArgs } from "../../../src/port/relay.ts";
import {
  askRelay as ask,
  relayKey as key,
  openModel as openModelFor,
  openRelay as openRelayFor,
  relayToken,
} from "../../support/open-relay.ts";

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});
const openModel = (answer: Parameters<typeof openModelFor>[1]) => openModelFor(ending, answer);
const openRelay = (args: Partial<RelayArgs> & { upstream: string }) => openRelayFor(ending, args);

const say = { model: "m", messages: [{ role: "user", content: "hello" }] };
const answered = JSON.stringify({ content: [], usage: { input_tokens: 30, output_tokens: 12 } });

describe("the relay of a run", () => {
  test("C4: the key is added here, the client's own authorization goes no further, and only known headers do", async () => {
    const model = await openModel(() => ({ body: answered }));
    const { socket, relay } = await openRelay({ upstream: `${model.url}/base/` });
    const headers = {
      authorization: "Bearer of-the-client",
      "x-api-key": "of-the-client",
      cookie: "c=1",
      "anthropic-beta": "b",
      "x-forwarded-for": "1.2.3.4",
    };
    const response = await ask(socket, "/v1/messages?beta=true", { body: say, headers });
    expect(response).toMatchObject({ status: 200, text: answered });
    const [got] = model.seen;
    expect(got?.url).toBe("/base/v1/messages?beta=true");
    expect(got?.headers).toMatchObject({ "x-api-key": key, "anthropic-beta": "b" });
    expect(JSON.stringify(got?.headers)).not.toMatch(/of-the-client|c=1|1\.2\.3\.4|x-mos-run/);
    expect(relay.totals()).toMatchObject({ requests: 1, refused: 0, inputTokens: 30, outputTokens: 12 });
  });

  test("C4: a key that comes back, in a body or a header, is hidden; a redirect is not followed", async () => {
    const model = await openModel(({ url }) =>
      url.startsWith("/v1/models")
        ? { status: 302, headers: { location: "http://127.0.0.1:1/" }, body: "" }
        : {
            status: 401,
            headers: { "content-type": "application/json", "x-request-id": key },
            body: JSON.stringify({ error: `invalid key ${key}`, again: Buffer.from(key).toString("base64") }),
          },
    );
    const { socket } = await openRelay({ upstream: model.url });
    const response = await ask(socket, "/v1/messages", { body: say });
    expect(response.status).toBe(401);
    expect(response.text).toContain("[hidden by mos]");
    expect(response.text).not.toContain(Buffer.from(key).toString("base64").slice(2, -4));
    expect(JSON.stringify(response)).not.toContain(key);
    expect((await ask(socket, "/v1/models")).status).toBe(502);
    expect(model.seen).toHaveLength(2);
  });

  test("C4: a login passes only if it is the run's own", async () => {
    const model = await openModel(() => ({ body: answered }));
    const accessToken = "canary-login-0123456789";
    const { socket, refusals } = await openRelay({ upstream: model.url, credential: { kind: "login", accessToken } });
    expect((await ask(socket, "/v1/messages", { body: say, headers: { authorization: `Bearer ${accessToken}` } })).status).toBe(200);
    for (const authorization of ["Bearer another-login", accessToken, "Bearer "])
      expect((await ask(socket, "/v1/messages", { body: say, headers: { authorization } })).status).toBe(403);
    expect((await ask(socket, "/v1/messages", { body: say })).status).toBe(403);
    expect(model.seen.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${accessToken}`]);
    expect(refusals.join()).not.toContain("login-0123");
  });

  test("C3 C5: other paths, words and tools are refused, and nothing of them reaches the model", async () => {
    const model = await openModel(() => ({ body: answered }));
    const { socket, relay, refusals } = await openRelay({ upstream: model.url });
    const refused = [
      await ask(socket, "/v1/files", { body: {} }),
      await ask(socket, "/v1/messages/../files", { body: {} }),
      await ask(socket, "//evil.example/v1/messages", { body: say }),
      await ask(socket, "http://evil.example/v1/messages", { body: say }),
      await ask(socket, "/v1/messages", { body: say, token: "another-run" }),
      await ask(socket, "/v1/messages", { body: { ...say, tools: [{ type: "web_search_20250305", name: "web_search" }] } }),
      await ask(socket, "/v1/messages", { body: "no json" }),
      await ask(socket, "/v1/messages?api_key=x", { body: say }),
      await ask(socket, "/hook", { body: {} }),
    ];
    for (const { status, text } of refused) {
      expect([403, 404]).toContain(status);
      expect(JSON.parse(text)).toMatchObject({ type: "error", error: { message: expect.stringMatching(/^mos relay: /) } });
    }
    expect(model.seen).toEqual([]);
    expect(relay.totals()).toMatchObject({ requests: 0, refused: refused.length });
    expect(refusals).toHaveLength(refused.length);
  });

  test("C5: the run's word is known where a key would stand, of a client that sends no header of ours; a login's run wants its own", async () => {
    const model = await openModel(() => ({ body: answered }));
    const { socket } = await openRelay({ upstream: model.url });
    const askWith = (headers: Record<string, string>, of = socket) => ask(of, "/v1/messages", { body: say, token: null, headers });
    for (const headers of [{ authorization: `Bearer ${relayToken}` }, { "x-api-key": relayToken }, { "x-goog-api-key": relayToken }])
      expect((await askWith(headers)).status).toBe(200);
    expect(JSON.stringify(model.seen)).not.toContain(relayToken);
    for (const headers of [{}, { authorization: relayToken }, { "x-api-key": "another" }, { cookie: relayToken }])
      expect((await askWith(headers as Record<string, string>)).status).toBe(403);
    expect((await ask(socket, "/v1/messages", { body: say, token: "another", headers: { "x-api-key": relayToken } })).status).toBe(403);
    const login = await openRelay({ upstream: model.url, credential: { kind: "login", accessToken: relayToken } });
    expect((await askWith({ authorization: `Bearer ${relayToken}` }, login.socket)).status).toBe(403);
    expect(model.seen).toHaveLength(3);
  });

  test("C5: what was judged is what is sent, though a key stands twice in it", async () => {
    const model = await openModel(() => ({ body: answered }));
    const { socket } = await openRelay({ upstream: model.url });
    const twice = '{"model":"m","tools":[{"type":"web_search_20250305"}],"messages":[],"tools":[]}';
    expect((await ask(socket, "/v1/messages", { body: twice })).status).toBe(200);
    expect(model.seen[0]?.body).toBe('{"model":"m","tools":[],"messages":[]}');
    expect(model.seen[0]?.headers["content-length"]).toBe("38");
  });

  test("C3: CONNECT and an upgrade are cut", async () => {
    const { socket } = await openRelay({ upstream: "http://127.0.0.1:1" });
    await expect(ask(socket, "evil.example:443", { method: "CONNECT" })).rejects.toThrow();
    await expect(ask(socket, "/v1/messages", { headers: { connection: "Upgrade", upgrade: "websocket" } })).rejects.toThrow();
  });

  test("C6: requests, tokens and sizes are bounded", async () => {
    const model = await openModel(({ body }) => ({ body: body.includes("long answer") ? "x".repeat(200_000) : answered }));
    const { socket } = await openRelay({
      upstream: model.url,
      limits: { requestBytes: 1e5, responseBytes: 1e5, requests: 5, tokens: 1e6, requestMs: 5000 },
    });
    expect((await ask(socket, "/v1/messages", { body: { ...say, pad: "x".repeat(100_001) } })).status).toBe(413);
    await expect(ask(socket, "/v1/messages", { body: { ...say, metadata: "long answer" } })).rejects.toThrow();
    for (let index = 0; index < 4; index += 1) expect((await ask(socket, "/v1/messages", { body: say })).status).toBe(200);
    const spent = await ask(socket, "/v1/messages", { body: say });
    expect([spent.status, spent.text]).toEqual([403, expect.stringContaining("used its 5 requests")]);
    const poor = await openRelay({
      upstream: model.url,
      limits: { requestBytes: 1e5, responseBytes: 1e5, requests: 100, tokens: 50, requestMs: 5000 },
    });
    expect((await ask(poor.socket, "/v1/messages", { body: say })).status).toBe(200);
    expect((await ask(poor.socket, "/v1/messages", { body: say })).status).toBe(200);
    expect((await ask(poor.socket, "/v1/messages", { body: say })).text).toContain("of its 50 tokens");
  });

  test("C6: an answer passes as it comes, and a model that hangs is given up", async () => {
    const model = await openModel(() => ({ body: answered }));
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    ending.push(
      () => new Promise((resolve) => silent.close(resolve)),
      () => silent.closeAllConnections(),
    );
    const limits = { requestBytes: 1e5, responseBytes: 1e5, requests: 9, tokens: 1000, requestMs: 200 };
    const { socket } = await openRelay({ upstream: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`, limits });
    expect((await ask(socket, "/v1/messages", { body: say })).status).toBe(502);
    const gone = await openRelay({ upstream: "http://127.0.0.1:1" });
    expect((await ask(gone.socket, "/v1/messages", { body: say })).text).toContain("ECONNREFUSED");
    expect(model.seen).toEqual([]);
  });

  test("C7: the tools that it was started with are served over MCP, and an unknown one is refused by name", async () => {
    const calls: unknown[] = [];
    const { socket } = await openRelay({
      upstream: "http://127.0.0.1:1",
      tools: [
        {
          name: "run",
          description: "Runs.",
          inputSchema: { type: "object", properties: { command: { type: "string" } } },
          call: async (input) => {
            calls.push(input);
            return { text: "ran", isError: false };
          },
        },
      ],
    });
    const headers = { accept: "application/json, text/event-stream" };
    const rpc = async (method: string, params: unknown) => {
      const { text } = await ask(socket, "/mcp", { body: { jsonrpc: "2.0", id: 1, method, params }, headers });
      const data = text.startsWith("{") ? text : (/^data: (\{.*)$/m.exec(text)?.[1] ?? "{}");
      return (JSON.parse(data) as { result?: Record<string, unknown> }).result;
    };
    expect(await rpc("tools/list", {})).toMatchObject({ tools: [{ name: "run" }] });
    expect(await rpc("tools/call", { name: "run", arguments: { command: "id" } })).toMatchObject({
      content: [{ type: "text", text: "ran" }],
    });
    expect(await rpc("tools/call", { name: "land", arguments: {} })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("no tool land") }],
    });
    expect(calls).toEqual([{ command: "id" }]);
    expect((await ask(socket, "/mcp", { body: {}, token: "another" })).status).toBe(403);
  });

  test("C7: the hook's answer is given as it was decided, and an input that cannot be read is handed on as such", async () => {
    const inputs: unknown[] = [];
    const { socket } = await openRelay({
      upstream: "http://127.0.0.1:1",
      hook: async (input) => {
        inputs.push(input);
        return { decided: true };
      },
    });
    expect(JSON.parse((await ask(socket, "/hook", { body: { a: 1 } })).text)).toEqual({ decided: true });
    expect(JSON.parse((await ask(socket, "/hook", { body: "{" })).text)).toEqual({ decided: true });
    expect(inputs).toEqual([{ a: 1 }, undefined]);
  });
});
