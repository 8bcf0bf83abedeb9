import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp, type ServerResponse } from "node:http";
import { request as requestHttps } from "node:https";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import { createUsageMeter, type Metered } from "../../core/relay/meter-usage.ts";
import { decideBackOff, isBusyStatus, readRetryAfter } from "../../core/run/decide-back-off.ts";
import { createSecretHider } from "../../core/secret/hide-secrets.ts";
import type { RelayArgs } from "../../port/relay.ts";

/** What of a client's headers goes on: what the model's own library would send, and nothing that names a login. */
const passedOn =
  /^(accept|content-type|user-agent|anthropic-(version|beta|dangerous-direct-browser-access)|openai-beta|x-app|x-stainless-[a-z-]+)$/;
/** What of the model's headers comes back. */
const passedBack =
  /^(content-type|cache-control|request-id|x-request-id|retry-after(-ms)?|x-should-retry|anthropic-ratelimit-[a-z-]+|x-ratelimit-[a-z-]+)$/;

type ForwardArgs = Pick<RelayArgs, "protocol" | "upstream" | "credential" | "limits"> & {
  request: IncomingMessage;
  response: ServerResponse;
  target: { path: string; query: URLSearchParams };
  method: string;
  body: Buffer;
  secrets: readonly string[];
  metered: boolean;
  random: () => number;
  /** Told each time before it is sent. */
  onSend: () => void;
  /** Whether it may be sent once more, as far as the run's limits go. */
  mayRepeat: () => boolean;
  signal: AbortSignal;
};

export interface Forwarded extends Metered {
  /** The model said "not now", and was asked for as long as is waited. */
  readonly busy?: { readonly status: number; readonly retryAfterMs?: number };
}

/**
 * Sends one request on and streams its answer back, metered and with the secrets hidden. While the model says "not now" it is
 * asked again (V8): nothing was passed on yet, so the client waits as for a slow answer. Throws where nobody answers.
 */
export async function forwardRequest(args: ForwardArgs): Promise<Forwarded> {
  const gone = new AbortController();
  const leave = () => gone.abort(new Error("the client left"));
  args.response.once("close", leave);
  const signal = AbortSignal.any([args.signal, gone.signal, AbortSignal.timeout(args.limits.requestMs)]);
  try {
    let waitedMs = 0;
    for (let attempt = 1; ; attempt += 1) {
      args.onSend();
      const incoming = await send(args, signal);
      const status = incoming.statusCode ?? 502;
      if (!args.metered || !isBusyStatus(status)) return await passBack(args, incoming, {});
      const retryAfterMs = readRetryAfter(incoming.headers, new Date().toISOString());
      const next = decideBackOff({ attempt, waitedMs, retryAfterMs, random: args.random() });
      if (next.kind === "give-up" || !args.mayRepeat()) {
        const busy = { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
        // It was asked often enough: the client must not begin anew.
        return { ...(await passBack(args, incoming, { "x-should-retry": "false" })), busy };
      }
      incoming.destroy();
      await sleep(next.ms, undefined, { signal });
      waitedMs += next.ms;
    }
  } finally {
    args.response.removeListener("close", leave);
  }
}

function send(args: ForwardArgs, signal: AbortSignal): Promise<IncomingMessage> {
  const base = new URL(args.upstream);
  const query = args.target.query.size === 0 ? "" : `?${args.target.query}`;
  const start = base.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const outgoing = start(
      {
        protocol: base.protocol,
        hostname: base.hostname.replace(/^\[|\]$/g, ""),
        ...(base.port === "" ? {} : { port: base.port }),
        path: `${base.pathname.replace(/\/$/, "")}${args.target.path}${query}`,
        method: args.method,
        headers: makeHeaders(args),
        signal,
      },
      (incoming) => {
        // A redirect would take the key elsewhere.
        const status = incoming.statusCode ?? 502;
        if (status >= 300 && status < 400) {
          incoming.destroy();
          reject(new Error("it answered with a redirect"));
        } else resolve(incoming);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(args.body);
  });
}

function passBack(args: ForwardArgs, incoming: IncomingMessage, added: Record<string, string>): Promise<Metered> {
  const { response, limits } = args;
  const status = incoming.statusCode ?? 502;
  const type = String(incoming.headers["content-type"] ?? "");
  const meter = createUsageMeter(args.protocol, type.startsWith("text/event-stream"), status < 400 ? args.body.length : 0);
  const hider = createSecretHider(args.secrets);
  const decoder = new StringDecoder("utf8");
  return new Promise((resolve) => {
    let bytes = 0;
    response.writeHead(status, { ...pickHeaders(incoming.headers, args.secrets), ...added });
    const give = (text: string) => {
      // An error cost nothing but the request, whatever it says.
      if (args.metered && status < 400) meter.take(text);
      const shown = hider.take(text);
      if (shown !== "" && !response.write(shown)) {
        incoming.pause();
        response.once("drain", () => incoming.resume());
      }
    };
    const finish = () => resolve(meter.end());
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limits.responseBytes) {
        incoming.destroy();
        response.destroy();
        finish();
        return;
      }
      give(decoder.write(chunk));
    });
    incoming.on("end", () => {
      give(decoder.end());
      response.end(hider.end());
      finish();
    });
    incoming.on("error", () => {
      response.destroy();
      finish();
    });
    incoming.on("close", finish);
    response.on("close", () => {
      if (!response.writableFinished) incoming.destroy();
      finish();
    });
  });
}

function makeHeaders(args: {
  request: IncomingMessage;
  credential: RelayArgs["credential"];
  protocol: RelayArgs["protocol"];
  body: Buffer;
  method: string;
}) {
  const passed = Object.entries(args.request.headers).filter(([name]) => passedOn.test(name));
  return {
    ...Object.fromEntries(passed),
    // What is metered and searched for secrets has to be read.
    "accept-encoding": "identity",
    ...(args.method === "POST" ? { "content-length": String(args.body.length) } : {}),
    ...authorize(args),
  };
}

function authorize({
  credential,
  protocol,
}: {
  credential: RelayArgs["credential"];
  protocol: RelayArgs["protocol"];
}): Record<string, string> {
  if (credential.kind === "login") return { authorization: `Bearer ${credential.accessToken}` };
  if (protocol === "anthropic-messages") return { "x-api-key": credential.key };
  return protocol === "google-generate" ? { "x-goog-api-key": credential.key } : { authorization: `Bearer ${credential.key}` };
}

function pickHeaders(headers: IncomingHttpHeaders, secrets: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === "string" && passedBack.test(name) && !secrets.some((form) => value.includes(form)) ? [[name, value]] : [],
    ),
  );
}
