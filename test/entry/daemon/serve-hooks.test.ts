import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Denial } from "../../../src/contract/denial.ts";
import { type HookServer, serveHooks } from "../../../src/entry/daemon/serve-hooks.ts";
import { type HookWorkspace, makeHookWorkspace } from "../../support/make-hook-workspace.ts";

const token = "a".repeat(64);
const proof = "b".repeat(64);
const kept: Denial[] = [];
let fault: string | undefined;
let made: HookWorkspace;
let server: HookServer;
beforeAll(async () => {
  made = await makeHookWorkspace();
  server = await serveHooks({
    place: { file: made.policy, root: made.root },
    token,
    proof,
    findFault: () => fault,
    keep: (denial) => kept.push(denial),
    describe: () => ({ proof }),
  });
});
afterAll(async () => {
  await server.close();
  await made.remove();
});
afterEach(() => {
  fault = undefined;
  kept.length = 0;
});

interface Reply {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

function ask(args: { path?: string; method?: string; headers?: Record<string, string | undefined>; body?: string } = {}): Promise<Reply> {
  const all: Record<string, string | undefined> = {
    authorization: `Bearer ${token}`,
    "mos-nonce": "77",
    "mos-role": "executor",
    "mos-domain": "music",
    "mos-ticket": "MUS-1",
    "mos-worktree": made.worktree,
    ...args.headers,
  };
  const headers = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<string, string>;
  return new Promise((settle, fail) => {
    const asked = request(
      { host: "127.0.0.1", port: server.port, path: args.path ?? "/hook/claude", method: args.method ?? "POST", headers, agent: false },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          body += part;
        });
        response.on("end", () => settle({ status: response.statusCode, headers: response.headers, body }));
      },
    );
    asked.on("error", fail);
    asked.end(args.body ?? made.harmless);
  });
}

const noObjection = '{"hookSpecificOutput":{"hookEventName":"PreToolUse"}}\n';
const decisionOf = ({ body }: Reply) => JSON.parse(body).hookSpecificOutput?.permissionDecision ?? "none";

describe("the resident process answers hooks", () => {
  test("H9: a call that nobody minds gets explicit JSON and its proof", async () => {
    const reply = await ask();
    expect(reply).toMatchObject({ status: 200, body: noObjection });
    expect(reply.headers["mos-answer"]).toBe(`77 ${proof} allow ${noObjection.length}`);
    expect(reply.headers["content-type"]).toBe("application/json");
    expect(kept).toEqual([]);
  });

  test("H9: a refusal is JSON with status 200, its reason in a header too, and a trace", async () => {
    const reply = await ask({ body: made.forbidden });
    expect({ status: reply.status, decision: decisionOf(reply) }).toEqual({ status: 200, decision: "deny" });
    expect(reply.headers["mos-answer"]).toBe(`77 ${proof} deny ${Buffer.byteLength(reply.body)}`);
    expect(reply.headers["mos-reason"]).toContain("boundary-guard");
    expect(kept).toMatchObject([
      { by: "daemon", client: "claude", domain: "music", ticket: "MUS-1", tool: "Read", guard: "boundary-guard" },
    ]);
  });

  test.each([
    ["without a token", { authorization: undefined }],
    ["with a wrong token", { authorization: `Bearer ${"c".repeat(64)}` }],
    ["with half a token", { authorization: `Bearer ${"a".repeat(32)}` }],
    ["with another kind of token", { authorization: `Basic ${token}` }],
    ["to another host", { host: "localhost" }],
    ["to a name that was bound anew", { host: "evil.example:80" }],
    ["from a page", { origin: "http://127.0.0.1" }],
    ["from a browser", { "sec-fetch-site": "none" }],
  ])("H8: asked %s it denies, proves nothing and says nothing", async (_, headers) => {
    const reply = await ask({ headers });
    expect({ status: reply.status, decision: decisionOf(reply) }).toEqual({ status: 200, decision: "deny" });
    expect(reply.headers["mos-answer"]).toBeUndefined();
    expect(JSON.stringify(reply)).not.toContain(proof);
    const status = await ask({ path: "/status", method: "GET", headers, body: "" });
    expect({ status: status.status, told: status.body.includes(proof) }).toEqual({ status: 403, told: false });
  });

  test.each([
    ["no role", { "mos-role": undefined }, undefined],
    ["a role that nobody has", { "mos-role": "root" }, undefined],
    ["no domain", { "mos-domain": undefined }, undefined],
    ["a relative worktree", { "mos-worktree": "tree" }, undefined],
    ["no call", {}, ""],
    ["half a call", {}, '{"tool_name":'],
    ["bytes that are no text", {}, "\ud800"],
  ])("H9: %s is denied", async (_, headers, body) => {
    const reply = await ask({ headers, ...(body === undefined ? {} : { body }) });
    if (body === "\ud800") return expect(decisionOf(reply)).toBe("deny");
    expect({ status: reply.status, decision: decisionOf(reply) }).toEqual({ status: 200, decision: "deny" });
    expect(kept).toMatchObject([{ guard: "hook-tamper-guard", rule: "H2" }]);
  });

  test("H9: a client that nobody knows is denied", async () => {
    expect(decisionOf(await ask({ path: "/hook/vim" }))).toBe("deny");
    expect(decisionOf(await ask({ path: "/hook/claude/../../x" }))).toBe("deny");
    expect((await ask({ path: "/elsewhere" })).status).toBe(404);
  });

  test("H8: what is too large is denied", async () => {
    const reply = await ask({ body: `"${"x".repeat(5 * 1024 * 1024)}"` }).catch((error: NodeJS.ErrnoException) => error.code);
    expect(typeof reply === "string" ? ["EPIPE", "ECONNRESET"] : [decisionOf(reply as Reply)]).toContain(
      typeof reply === "string" ? reply : "deny",
    );
  });

  test("H9: a policy that changes is read again, a broken one denies, and a mended one decides", async () => {
    const good = readFileSync(made.policy, "utf8");
    writeFileSync(made.policy, good.slice(0, -10));
    expect(decisionOf(await ask())).toBe("deny");
    rmSync(made.policy);
    expect(decisionOf(await ask())).toBe("deny");
    await made.writePolicy();
    expect((await ask()).body).toBe(noObjection);
  });

  test("H9: a process that is older than its program denies, and its proof is kept back", async () => {
    fault = "the resident process is older than the program";
    const reply = await ask();
    expect(decisionOf(reply)).toBe("deny");
    expect(reply.headers["mos-answer"]).toBeUndefined();
  });

  test("H8: who connects and says nothing, or half, is put out within five seconds", async () => {
    const ended = (first: string) =>
      new Promise<number>((settle) => {
        const from = performance.now();
        const socket = connect(server.port, "127.0.0.1", () => first && socket.write(first));
        socket.on("error", () => {});
        socket.on("close", () => settle(performance.now() - from));
        socket.resume();
      });
    const head = `POST /hook/claude HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Length: 10\r\n\r\n12`;
    const times = await Promise.all([ended("POST /hook/claude HTTP/1.1\r\nHo"), ended(head), ended("\0\0\0\r\n\r\n")]);
    for (const ms of times) expect(ms).toBeLessThan(5_000);
  });

  test("H8: it listens on loopback alone", async () => {
    const { networkInterfaces } = await import("node:os");
    const outside = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter(({ internal, family }) => !internal && family === "IPv4"),
    );
    for (const { address } of outside) {
      const refused = await new Promise<boolean>((settle) => {
        const socket = connect({ host: address, port: server.port, timeout: 1_000 });
        socket
          .on("connect", () => settle(false))
          .on("error", () => settle(true))
          .on("timeout", () => settle(true));
      });
      expect(refused).toBe(true);
    }
  });
});
