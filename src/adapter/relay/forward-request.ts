import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp, type ServerResponse } from "node:http";
import { request as requestHttps } from "node:https";
import { StringDecoder } from "node:string_decoder";
import { createUsageMeter, type Usage } from "../../core/relay/meter-usage.ts";
import { createSecretHider } from "../../core/secret/hide-secrets.ts";
import type { RelayArgs } from "../../port/relay.ts";

/** What of a client's headers goes on: what the model's own library would send, and nothing that names a login. */
const passedOn =
  /^(accept|content-type|user-agent|anthropic-(version|beta|dangerous-direct-browser-access)|openai-beta|x-app|x-stainless-[a-z-]+)$/;
/** What of the model's headers comes back. */
const passedBack =
  /^(content-type|cache-control|request-id|x-request-id|retry-after(-ms)?|x-should-retry|anthropic-ratelimit-[a-z-]+|x-ratelimit-[a-z-]+)$/;

/** Sends one request on and streams its answer back, metered and with the secrets hidden. Throws where nobody answers. */
export function forwardRequest(
  args: Pick<RelayArgs, "protocol" | "upstream" | "credential" | "limits"> & {
    request: IncomingMessage;
    response: ServerResponse;
    target: { path: string; query: URLSearchParams };
    method: string;
    body: Buffer;
    secrets: readonly string[];
    metered: boolean;
    signal: AbortSignal;
  },
): Promise<Usage> {
  const { response, limits } = args;
  const base = new URL(args.upstream);
  const query = args.target.query.size === 0 ? "" : `?${args.target.query}`;
  const send = base.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise<Usage>((resolve, reject) => {
    const outgoing = send(
      {
        protocol: base.protocol,
        hostname: base.hostname.replace(/^\[|\]$/g, ""),
        ...(base.port === "" ? {} : { port: base.port }),
        path: `${base.pathname.replace(/\/$/, "")}${args.target.path}${query}`,
        method: args.method,
        headers: makeHeaders(args),
        signal: AbortSignal.any([args.signal, AbortSignal.timeout(limits.requestMs)]),
      },
      (incoming) => {
        // A redirect would take the key elsewhere.
        const status = incoming.statusCode ?? 502;
        if (status >= 300 && status < 400) {
          incoming.destroy();
          reject(new Error("it answered with a redirect"));
          return;
        }
        const type = String(incoming.headers["content-type"] ?? "");
        const meter = createUsageMeter(args.protocol, type.startsWith("text/event-stream"));
        const hider = createSecretHider(args.secrets);
        const decoder = new StringDecoder("utf8");
        let bytes = 0;
        response.writeHead(status, pickHeaders(incoming.headers, args.secrets));
        const give = (text: string) => {
          if (args.metered) meter.take(text);
          const shown = hider.take(text);
          if (shown !== "" && !response.write(shown)) {
            incoming.pause();
            response.once("drain", () => incoming.resume());
          }
        };
        const finish = () => resolve(args.metered ? meter.end() : { inputTokens: 0, outputTokens: 0, toolCalls: [] });
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
        response.on("close", () => {
          if (!response.writableFinished) outgoing.destroy();
          finish();
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(args.body);
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
