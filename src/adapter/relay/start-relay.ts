import { createHash, timingSafeEqual } from "node:crypto";
import { rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Usage } from "../../contract/agent.ts";
import { judgeModelBody } from "../../core/relay/judge-model-body.ts";
import { judgeModelPath } from "../../core/relay/judge-model-path.ts";
import { readOutcomes } from "../../core/relay/read-outcomes.ts";
import { digestOutcome } from "../../core/run/digest-outcome.ts";
import { sumTokens } from "../../core/run/sum-tokens.ts";
import { listSecretForms } from "../../core/secret/hide-secrets.ts";
import type { RelayArgs, RelayTotals, RunningRelay } from "../../port/relay.ts";
import { type Forwarded, forwardRequest } from "./forward-request.ts";
import { readBody } from "./read-body.ts";
import { answerRefusal } from "./refuse.ts";
import { createToolServer } from "./serve-tools.ts";

const toolRequestBytes = 4 * 1024 ** 2;
const socketsMax = 64;
/** Tool calls of one run that are told apart. */
const outcomesMax = 20_000;

/**
 * The one way out of a client's box: a unix socket of the host that knows the model's own paths, `/mcp` (Master OS's tools
 * of this run) and `/hook`. The key is added here and hidden in what comes back; the client's own authorization goes no
 * further, but for a login that is the one expected.
 */
export async function startRelay(args: RelayArgs): Promise<RunningRelay> {
  const state = {
    refused: 0,
    usage: { requests: 0, inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
    toolCalls: {} as Record<string, number>,
    busy: undefined as RelayTotals["busy"],
    /** Until when a model that named a long time is not asked, by this process's clock. */
    busyUntilMs: 0,
    ended: undefined as RelayTotals["ended"],
  };
  const known = new Set<string>();
  const stop = new AbortController();
  const tools = createToolServer(args.tools, stop.signal);
  const secrets = listSecretForms([args.credential.kind === "key" ? args.credential.key : args.credential.accessToken]);
  const sockets = new Set<Socket>();

  const refuse = (response: ServerResponse, status: number, reason: string, retryAfterMs?: number) => {
    state.refused += 1;
    args.onRefusal?.(reason);
    answerRefusal(response, { protocol: args.protocol, status, reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  };

  const end = (by: "budget" | "no-progress", word: string | undefined) => {
    if (word !== undefined) state.ended ??= { by, word };
  };

  /** The results that this request brings the model, once each; those of a conversation that it goes on with are past. */
  const tellOutcomes = (body: unknown) => {
    const isPast = Object.keys(state.toolCalls).length === 0;
    for (const { key, ...call } of readOutcomes(args.protocol, body, known)) {
      if (known.size < outcomesMax) known.add(key);
      if (!isPast) end("no-progress", args.onOutcome?.(digestOutcome(call, sha256)));
    }
  };

  const count = ({ toolCalls, status, busy, ...tokens }: Forwarded) => {
    for (const [kind, many] of Object.entries(tokens)) state.usage[kind as keyof typeof tokens] += many;
    for (const name of toolCalls) state.toolCalls[name] = (state.toolCalls[name] ?? 0) + 1;
    state.busy = busy ?? (status === undefined || status === 500 ? undefined : { status });
    if (busy?.retryAfterMs !== undefined) state.busyUntilMs = performance.now() + busy.retryAfterMs;
    end("budget", args.onUsage?.({ ...state.usage }));
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = readTarget(request.url ?? "");
    if (!target) return refuse(response, 404, "the address cannot be read");
    const method = request.method ?? "GET";
    // Some clients look first whether anybody is there.
    if (method === "HEAD" && target.path === "/") return void response.writeHead(200).end();
    if (!namesRun(request, args)) return refuse(response, 403, "this relay serves another run");
    if (target.path === "/mcp") return tools.serve(request, response, toolRequestBytes);
    if (target.path === "/hook" && method === "POST" && args.hook) return answerHook(args.hook, request, response);
    const path = judgeModelPath({ protocol: args.protocol, method, path: target.path, query: [...target.query.keys()] });
    if (!path.ok) return refuse(response, path.status, path.reason);
    if (!isExpectedLogin(request, args.credential)) return refuse(response, 403, "the login is not the one of this run");
    const body = await readBody(request, args.limits.requestBytes);
    if (body === undefined) return refuse(response, 413, `a request of more than ${args.limits.requestBytes} bytes`);
    const asked = path.kind === "list" ? undefined : parse(body);
    if (path.kind !== "list") {
      const judged = judgeModelBody(args.protocol, asked);
      if (!judged.ok) return refuse(response, 403, judged.reason);
      if (path.kind === "model") tellOutcomes(asked);
      const spent = state.ended?.word ?? whatIsSpent(state.usage, args.limits);
      if (spent !== undefined) return refuse(response, 403, spent);
      const busyMs = state.busyUntilMs - performance.now();
      if (busyMs > 0) return refuse(response, 429, `the model is over its limit for ${Math.ceil(busyMs / 1000)} s more`, busyMs);
    }
    const metered = path.kind === "model";
    const forwarded = await forwardRequest({
      ...args,
      request,
      response,
      target,
      method,
      // Written anew: what was judged is what is sent, though a key stood in it twice.
      body: asked === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(asked)),
      secrets,
      metered,
      random: args.random ?? Math.random,
      onSend: () => {
        if (metered) state.usage.requests += 1;
      },
      mayRepeat: () => state.ended === undefined && whatIsSpent(state.usage, args.limits) === undefined,
      signal: stop.signal,
    });
    if (metered) count(forwarded);
  };

  const server = createServer({ requestTimeout: args.limits.requestMs, maxHeaderSize: 64 * 1024 }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else refuse(response, 502, `the model could not be reached: ${describe(error)}`);
    });
  });
  server.maxConnections = socketsMax;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (_request, socket) => socket.destroy());
  server.on("connect", (_request, socket) => socket.destroy());
  rmSync(args.socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(args.socket, resolve);
  });
  return {
    totals: (): RelayTotals => ({
      requests: state.usage.requests,
      refused: state.refused,
      usage: { ...state.usage },
      inputTokens: sumTokens(state.usage) - state.usage.outputTokens,
      outputTokens: state.usage.outputTokens,
      toolCalls: { ...state.toolCalls },
      ...(state.busy ? { busy: state.busy } : {}),
      ...(state.ended ? { ended: state.ended } : {}),
    }),
    close: async () => {
      stop.abort(new Error("the run has ended"));
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await tools.close();
      rmSync(args.socket, { force: true });
    },
  };
}

/** The path as it stands: nothing is decoded, so nothing can be hidden in it. */
function readTarget(url: string): { path: string; query: URLSearchParams } | undefined {
  if (!url.startsWith("/") || url.startsWith("//") || url.length > 2000) return undefined;
  const [path = "", query = ""] = url.split("?", 2);
  return { path, query: new URLSearchParams(query) };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function isToken(given: string | string[] | undefined, token: string): boolean {
  if (typeof given !== "string") return false;
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

/** By its own header, or, of a client that can send none, in the place of the key that it does not have. */
function namesRun({ headers }: IncomingMessage, { token, credential }: Pick<RelayArgs, "token" | "credential">): boolean {
  if (headers["x-mos-run"] !== undefined || credential.kind === "login") return isToken(headers["x-mos-run"], token);
  return (
    isToken(headers.authorization, `Bearer ${token}`) || isToken(headers["x-api-key"], token) || isToken(headers["x-goog-api-key"], token)
  );
}

function isExpectedLogin(request: IncomingMessage, credential: RelayArgs["credential"]): boolean {
  return credential.kind === "key" || isToken(request.headers.authorization, `Bearer ${credential.accessToken}`);
}

function whatIsSpent(usage: Usage, limits: RelayArgs["limits"]): string | undefined {
  if (usage.requests >= limits.requests) return `this run has used its ${limits.requests} requests to the model`;
  const tokens = sumTokens(usage);
  return tokens >= limits.tokens ? `this run has used ${tokens} of its ${limits.tokens} tokens` : undefined;
}

async function answerHook(hook: NonNullable<RelayArgs["hook"]>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request, toolRequestBytes);
  const answer = await hook(body === undefined ? undefined : parse(body));
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

function describe(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : error instanceof Error ? error.message.slice(0, 200) : "for an unknown reason";
}
