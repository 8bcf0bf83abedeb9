import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { createMcpHandler, Server } from "@modelcontextprotocol/server";
import type { RelayTool } from "../../port/relay.ts";
import { readBody } from "./read-body.ts";

/** Master OS's own tools over MCP (streamable HTTP, no sessions): what they are bound to was fixed before. */
export function createToolServer(tools: readonly RelayTool[], signal: AbortSignal) {
  const handler = createMcpHandler(() => {
    const server = new Server({ name: "mos", version: "1" }, { capabilities: { tools: {} } });
    server.setRequestHandler("tools/list", async () => ({
      tools: tools.map(({ name, description, inputSchema }) => ({
        name,
        description,
        inputSchema: { ...inputSchema, type: "object" as const },
      })),
    }));
    server.setRequestHandler("tools/call", async ({ params }) => {
      const tool = tools.find(({ name }) => name === params.name);
      if (!tool) return refuse(`there is no tool ${params.name}; there are: ${tools.map(({ name }) => name).join(", ")}`);
      try {
        const { text, isError } = await tool.call(params.arguments ?? {}, signal);
        return { content: [{ type: "text" as const, text }], isError };
      } catch (error) {
        return refuse(`${tool.name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
    return server;
  });
  return {
    async serve(request: IncomingMessage, response: ServerResponse, bytesMax: number): Promise<void> {
      const body = await readBody(request, bytesMax);
      if (body === undefined) {
        response.writeHead(413).end();
        return;
      }
      const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === "string" ? [[name, value]] : [],
      );
      const answer = await handler.fetch(
        new Request("http://127.0.0.1/mcp", {
          method: request.method ?? "GET",
          headers,
          ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
        }),
      );
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      if (answer.body) Readable.fromWeb(answer.body as never).pipe(response);
      else response.end();
    },
    close: () => handler.close(),
  };
}

function refuse(text: string) {
  return { content: [{ type: "text" as const, text }], isError: true };
}
