import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import type { z } from "zod";
import { type ModelCall, type ModelRequest, ModelScript, type ScriptedTurn } from "../../contract/model-script.ts";
import type { RunningModel } from "../../port/scripted-model.ts";
import { anthropicMessages } from "./anthropic-messages.ts";
import type { Conversation, Dialect, Reply } from "./dialect.ts";
import { expandVariables } from "./expand-variables.ts";
import { googleGenerate } from "./google-generate.ts";
import { openAiChat } from "./openai-chat.ts";
import { openAiResponses } from "./openai-responses.ts";

export interface ScriptedModelArgs {
  readonly script: z.input<typeof ModelScript>;
  readonly variables?: Readonly<Record<string, string>>;
  /** A loopback port, 0 (the default) for a free one; or a unix socket. */
  readonly listen?: { readonly port: number } | { readonly socket: string };
  /** Told of every request as it comes. */
  readonly onRequest?: (request: ModelRequest) => void;
  /** Runs before a turn is answered; what it gives is answered instead. For what must happen between two turns. */
  readonly onTurn?: (request: ModelRequest) => Promise<ScriptedTurn | undefined> | ScriptedTurn | undefined;
}

export type ScriptedModel = RunningModel;

const bodyBytesMax = 64 * 1024 * 1024;
const requestsMax = 10_000;
const dialects: readonly Dialect[] = [anthropicMessages, openAiResponses, openAiChat, googleGenerate];

/**
 * A model that says what a script says, in the forms that real clients speak: Anthropic Messages, OpenAI Responses and Chat,
 * Google's generateContent, streamed or whole (docs/model-script.md). On loopback or a unix socket; keeps no state but its record.
 */
export async function startScriptedModel(args: ScriptedModelArgs): Promise<RunningModel> {
  const script = expandVariables(ModelScript.parse(args.script), args.variables ?? {});
  const requests: ModelRequest[] = [];
  const calls = new Map<string, ModelCall>();
  const server = createServer((request, response) => {
    void serve(request, response).catch((cause) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: { message: String(cause) } });
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(request);
    const path = (request.url ?? "/").split("?")[0] as string;
    const dialect = request.method === "POST" ? dialects.find((one) => one.takes(path)) : undefined;
    const body = parseBody(text);
    if (requests.length >= requestsMax) return sendJson(response, 429, { error: { message: `more than ${requestsMax} requests` } });
    if (!dialect || typeof body !== "object" || body === null) {
      keep({ ...describe(request, body), protocol: "other", route: "none", turn: 0, tools: [], results: [] });
      return answerOther(path, request, response);
    }
    const conversation = dialect.read(body as Record<string, unknown>, path);
    const route = chooseRoute(script, conversation);
    const record: ModelRequest = {
      ...describe(request, body),
      protocol: dialect.protocol,
      route: route.name,
      turn: conversation.turn,
      tools: conversation.tools.map(({ name, namespace }) => (namespace === undefined ? name : `${namespace}${name}`)),
      results: conversation.results,
    };
    const asked = requests.filter((one) => one.route === record.route && one.turn === record.turn).length;
    keep(record);
    for (const { id, isError, text } of conversation.results) {
      const call = calls.get(id);
      if (call && !call.result) calls.set(id, { ...call, result: { isError, text } });
    }
    const planned = route.turns === undefined ? { text: "ok" } : (route.turns[conversation.turn] ?? { text: "done" });
    const turn = dropSpentFault((route.turns && (await args.onTurn?.(record))) || planned, asked);
    if (turn.hangMs !== undefined) await waitOrClosed(turn.hangMs, response);
    if (response.destroyed) return;
    if (turn.status !== undefined) return answerError(dialect, { ...turn, status: turn.status }, response);
    const reply = makeReply(turn, conversation, record);
    for (const { id, name, input } of reply.calls) calls.set(id, { id, name, input, route: route.name, turn: conversation.turn });
    await answer({ dialect, reply, turn, streamed: conversation.stream, response });
  }

  function keep(request: ModelRequest): void {
    requests.push(request);
    args.onRequest?.(request);
  }

  function describe({ method = "", url = "", headers }: IncomingMessage, body: unknown) {
    const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    return { number: requests.length + 1, method, path: url, headers: plain, body };
  }

  const url = await listen(server, args.listen ?? { port: 0 });
  return {
    url,
    requests: () => requests,
    calls: () => [...calls.values()],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, at: NonNullable<ScriptedModelArgs["listen"]>): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const done = () => resolve("socket" in at ? at.socket : `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    if ("socket" in at) server.listen(at.socket, done);
    else server.listen(at.port, "127.0.0.1", done);
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > bodyBytesMax) throw new Error(`a request of more than ${bodyBytesMax} bytes`);
    pieces.push(piece);
  }
  const whole = Buffer.concat(pieces);
  return (request.headers["content-encoding"] === "gzip" ? gunzipSync(whole, { maxOutputLength: bodyBytesMax }) : whole).toString("utf8");
}

function parseBody(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

/** Without `turns` the request is beside the conversation: a title, a summary. */
function chooseRoute(script: ModelScript, { firstUser, tools }: Conversation): { name: string; turns?: readonly ScriptedTurn[] } {
  if (tools.length === 0 && !script.playsWithoutTools) return { name: "none" };
  const route = script.routes.find(({ match }) => firstUser.includes(match));
  return route ? { name: route.match, turns: route.turns } : { name: "default", turns: script.default };
}

/** Ids name request and place: no two calls of a server share one, in however many conversations. */
function makeReply(turn: ScriptedTurn, { model, tools }: Conversation, { number, protocol }: ModelRequest): Reply {
  const prefix = protocol === "anthropic-messages" ? "toolu" : "call";
  const calls = (turn.tools ?? []).map(({ name, input }, at) => {
    const tool = tools.find((one) => one.name === name || `${one.namespace}${one.name}` === name);
    return { id: `${prefix}_${number}_${at}`, name: tool?.name ?? name, input, ...(tool ? { tool } : {}) };
  });
  const text = turn.text ?? (calls.length === 0 ? "" : undefined);
  return { id: String(number), model, text, calls, usage: turn.usage ?? { input: 10, output: 10 } };
}

/** `times` bounds a fault: what was asked for so often is answered as it should be. */
function dropSpentFault(turn: ScriptedTurn, asked: number): ScriptedTurn {
  if (turn.times === undefined || asked < turn.times) return turn;
  const { text, tools, usage } = turn;
  return { ...(text === undefined ? {} : { text }), ...(tools ? { tools } : {}), ...(usage ? { usage } : {}) };
}

const broken = 'data: {"type":"content_block_delta","index":0,"delta":{"type":"no_such_delta\n\ndata: <html>not of the protocol</html>\n\n';

async function answer(args: {
  dialect: Dialect;
  reply: Reply;
  turn: ScriptedTurn;
  streamed: boolean;
  response: ServerResponse;
}): Promise<void> {
  const { dialect, reply, turn, streamed, response } = args;
  const pieces = streamed ? dialect.stream(reply) : [JSON.stringify(dialect.whole(reply))];
  const whole = pieces.join("");
  const faulty = turn.cut === true || turn.malformed === true || turn.stallMs !== undefined;
  response.writeHead(200, {
    "content-type": streamed ? "text/event-stream" : "application/json",
    "cache-control": "no-cache",
    "request-id": `req_${reply.id}`,
    ...(streamed || (faulty && turn.cut !== true) ? {} : { "content-length": Buffer.byteLength(whole) }),
  });
  if (!faulty) {
    for (const piece of pieces) response.write(piece);
    response.end();
    return;
  }
  const middle = streamed ? Math.ceil(pieces.length / 2) : 0;
  const [before, after] = streamed
    ? [pieces.slice(0, middle).join(""), pieces.slice(middle).join("")]
    : [whole.slice(0, whole.length / 2), whole.slice(whole.length / 2)];
  await new Promise<void>((resolve) => response.write(before, () => resolve()));
  if (turn.stallMs !== undefined) await waitOrClosed(turn.stallMs, response);
  if (turn.cut) response.destroy();
  else if (turn.malformed) response.end(broken);
  else if (!response.destroyed) response.end(after);
}

function answerError(dialect: Dialect, turn: ScriptedTurn & { status: number }, response: ServerResponse): void {
  if (turn.retryAfterSeconds !== undefined) response.setHeader("retry-after", String(turn.retryAfterSeconds));
  sendJson(response, turn.status, dialect.error(turn));
}

/** What clients ask beside the conversation: whether somebody is there, which models there are, how long a text is. */
function answerOther(path: string, { method }: IncomingMessage, response: ServerResponse): void {
  const found = path.endsWith("/count_tokens") ? { input_tokens: 100 } : path.endsWith("/models") ? modelList : undefined;
  if (method === "HEAD") response.writeHead(200).end();
  else if (found) sendJson(response, 200, found);
  else
    sendJson(response, 404, { type: "error", error: { type: "not_found_error", message: `the scripted model has no ${method} ${path}` } });
}

const scripted = { id: "scripted", type: "model", object: "model", display_name: "Scripted", created: 1, owned_by: "nobody" };
const modelList = { object: "list", data: [scripted], has_more: false, models: [] };

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function waitOrClosed(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
