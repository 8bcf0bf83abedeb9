import { createServer, request as requestHttp, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { startRelay } from "../../src/adapter/relay/start-relay.ts";
import type { RelayArgs, RunningRelay } from "../../src/port/relay.ts";
import { makeTemporaryFolder } from "./make-repository.ts";

export const relayKey = "canary-key-0123456789";
export const relayToken = "the-word-of-this-run";

interface Seen {
  readonly url: string;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

type Ending = (() => unknown)[];

/** A model that says what it is told to, and what it got. */
export async function openModel(
  ending: Ending,
  answer: (seen: Seen) => { status?: number; headers?: Record<string, string>; body: string },
) {
  const seen: Seen[] = [];
  const server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const one = { url: request.url ?? "", headers: request.headers, body };
      seen.push(one);
      const { status = 200, headers = { "content-type": "application/json" }, body: text } = answer(one);
      response.writeHead(status, headers).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ending.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => server.closeAllConnections(),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

export async function openRelay(
  ending: Ending,
  args: Partial<RelayArgs> & { upstream: string },
): Promise<{ relay: RunningRelay; socket: string; refusals: string[] }> {
  const folder = makeTemporaryFolder("mos-relay-");
  const socket = join(folder.path, "relay.sock");
  const refusals: string[] = [];
  const relay = await startRelay({
    socket,
    protocol: "anthropic-messages",
    credential: { kind: "key", key: relayKey },
    token: relayToken,
    tools: [],
    limits: { requestBytes: 100_000, responseBytes: 100_000, requests: 5, tokens: 1000, requestMs: 5000 },
    onRefusal: (reason) => refusals.push(reason),
    ...args,
  });
  ending.push(folder.remove, () => relay.close());
  return { relay, socket, refusals };
}

export function askRelay(
  socket: string,
  path: string,
  options: { method?: string; body?: unknown; headers?: Record<string, string>; token?: string | null; signal?: AbortSignal } = {},
) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const body = options.body === undefined ? undefined : typeof options.body === "string" ? options.body : JSON.stringify(options.body);
    const sent = requestHttp(
      {
        socketPath: socket,
        path,
        method: options.method ?? (body === undefined ? "GET" : "POST"),
        headers: {
          "content-type": "application/json",
          ...(options.token === null ? {} : { "x-mos-run": options.token ?? relayToken }),
          ...options.headers,
        },
        ...(options.signal ? { signal: options.signal } : {}),
      },
      (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
