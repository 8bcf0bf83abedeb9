import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Denial, Refusal } from "../../contract/denial.ts";
import type { Policy } from "../../contract/policy.ts";
import { type Answer, formatDeny } from "../hook/client-form.ts";
import type { PolicyPlace } from "../hook/find-policy.ts";
import { argumentFault, describeDenial, inputFault, type Judgement, judgeCall, nameError, ownFault } from "../hook/judge-call.ts";
import { readAgent } from "../hook/parse-arguments.ts";
import { decodeInput, inputBytesMax } from "../hook/read-input.ts";
import { describePolicyFiles, readPolicy } from "../hook/read-policy.ts";

export interface HookServer {
  readonly port: number;
  readonly counts: Counts;
  close(): Promise<void>;
}

export interface Counts {
  served: number;
  denied: number;
  /** Asked without the token, or from elsewhere. */
  refused: number;
}

/** Plain node:http: two routes, and what guards them lies below routes, in sockets, headers and bytes. */
export async function serveHooks(args: {
  readonly place: PolicyPlace;
  readonly token: string;
  readonly proof: string;
  /** Why nothing may be decided any more: a program that is older than what lies on the disk. */
  readonly findFault: () => string | undefined;
  /** Before the answer is sent. */
  readonly keep: (denial: Denial) => void;
  readonly describe: () => unknown;
}): Promise<HookServer> {
  const counts: Counts = { served: 0, denied: 0, refused: 0 };
  const policy = createPolicyMemory(args.place);
  const server = createServer({ maxHeaderSize: 32 * 1024, requestTimeout: 3_000, headersTimeout: 2_000, connectionsCheckingInterval: 500 });
  server.maxConnections = 512;
  server.keepAliveTimeout = 5_000;
  server.on("request", (request, response) => {
    response.sendDate = false;
    answer(request, response).catch((error) => {
      counts.denied += 1;
      send(response, { answer: formatDeny(clientOf(request), ownFault(nameError(error))) });
    });
  });
  server.on("clientError", (_, socket) => socket.destroy());
  const port = await listen(server);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const known = isAsked(request, { port, token: args.token });
    if (!known) counts.refused += 1;
    if (request.method === "POST" && request.url?.startsWith("/hook/")) {
      if (!known) return send(response, { answer: formatDeny(clientOf(request), argumentFault("it does not know the token")) });
      const judgement = await judge(request);
      const isDenied = judgement.answer.exit === 2;
      counts.served += 1;
      if (isDenied) counts.denied += 1;
      if (judgement.denial !== undefined) args.keep(judgement.denial);
      // An outdated process proves nothing: the bundle beside it decides, and leaves the trace.
      const nonce = judgement.isOwn === true ? "" : String(request.headers["mos-nonce"] ?? "");
      return send(response, { ...judgement, proof: `${nonce} ${args.proof} ${isDenied ? "deny" : "allow"}`, isProven: nonce !== "" });
    }
    if (known && request.method === "GET" && request.url === "/status") return sendJson(response, 200, args.describe());
    sendJson(response, known ? 404 : 403, { error: "not here" });
  };

  const judge = async (request: IncomingMessage): Promise<Judgement & { isOwn?: true }> => {
    const client = clientOf(request);
    const refuse = (refusal: Refusal): Judgement => ({
      answer: formatDeny(client, refusal),
      denial: describeDenial({ refusal, by: "daemon", client }),
    });
    const fault = args.findFault();
    if (fault !== undefined) return { answer: formatDeny(client, ownFault(fault)), isOwn: true };
    let found: ReturnType<typeof readAgent>;
    try {
      found = readAgent(wordsOf(request, client));
    } catch (error) {
      return refuse(argumentFault(nameError(error)));
    }
    try {
      const text = decodeInput(await readBody(request));
      return judgeCall({ ...found, text, readPolicy: policy, by: "daemon" });
    } catch (error) {
      return refuse(inputFault(nameError(error)));
    }
  };

  return {
    port,
    counts,
    close: () =>
      new Promise((settle) => {
        server.close(() => settle());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((settle, fail) => {
    server.once("error", fail);
    server.listen({ host: "127.0.0.1", port: 0, backlog: 511 }, () => settle((server.address() as AddressInfo).port));
  });
}

/** Read again when the file, or mos.yaml, is another than before. What cannot be read is not kept: the next call tries again. */
function createPolicyMemory(place: PolicyPlace): () => Policy {
  let kept: { files: string; policy: Policy } | undefined;
  return () => {
    const files = describePolicyFiles(place);
    if (files === undefined || kept?.files !== files) {
      kept = undefined;
      const policy = readPolicy(place);
      if (files === undefined) return policy;
      kept = { files, policy };
    }
    return kept.policy;
  };
}

/** Loopback's own name and no page behind it (a browser says its origin), and the token, compared in constant time. */
function isAsked({ headers }: IncomingMessage, { port, token }: { port: number; token: string }): boolean {
  if (headers.host !== `127.0.0.1:${port}` || headers.origin !== undefined || headers["sec-fetch-site"] !== undefined) return false;
  return timingSafeEqual(digest(headers.authorization ?? ""), digest(`Bearer ${token}`));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** `/hook/claude` → `claude`. */
function clientOf({ url }: IncomingMessage): string {
  return url?.slice("/hook/".length) ?? "";
}

function wordsOf({ headers }: IncomingMessage, client: string): Parameters<typeof readAgent>[0] {
  const word = (name: string) => {
    const value = headers[`mos-${name}`];
    // Headers come as bytes, one to a character.
    return typeof value === "string" && value !== "" ? Buffer.from(value, "latin1").toString("utf8") : undefined;
  };
  return {
    client,
    role: word("role"),
    domain: word("domain"),
    ticket: word("ticket"),
    worktree: word("worktree"),
    boxed: headers["mos-boxed"] === "1",
  };
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((settle, fail) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > inputBytesMax) fail(new Error("it is too large"));
      else chunks.push(chunk);
    });
    request.on("end", () => settle(Buffer.concat(chunks)));
    request.on("error", () => fail(new Error("it broke off")));
    request.on("close", () => fail(new Error("it broke off")));
  });
}

/** 200 whatever was decided: a client takes an error's status for a hook that failed, and may go on. */
function send(response: ServerResponse, args: { answer: Answer; proof?: string; isProven?: boolean }): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(args.answer.stdout);
  const headers: Record<string, string> = { "Content-Type": "application/json", "Content-Length": String(body.length) };
  if (args.isProven === true) headers["Mos-Answer"] = `${args.proof} ${body.length}`;
  if (args.answer.stderr !== "") headers["Mos-Reason"] = Buffer.from(args.answer.stderr.trim()).toString("latin1");
  response.writeHead(200, headers);
  response.end(body);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(value));
}
