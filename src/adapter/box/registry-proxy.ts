import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";

/** The hosts of the public package registries; nothing else is reached from a `setup`. */
export const registryHosts: readonly string[] = [
  "registry.npmjs.org",
  "registry.yarnpkg.com",
  "pypi.org",
  "files.pythonhosted.org",
  "index.crates.io",
  "static.crates.io",
  "proxy.golang.org",
  "sum.golang.org",
  "rubygems.org",
];

/**
 * A proxy that knows CONNECT to the registries' port 443 alone, on a unix socket that one box sees. The tunnel is
 * end-to-end TLS: the proxy adds no secret and reads nothing.
 */
export async function startRegistryProxy(args: { socket: string; hosts: readonly string[] }): Promise<{ close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server: Server = createServer((_request, response) => {
    response.writeHead(403).end("only CONNECT to a package registry\n");
  });
  server.on("connect", (request, client: Socket, head: Buffer) => {
    const [host = "", port = ""] = (request.url ?? "").split(":");
    if (!args.hosts.includes(host.toLowerCase()) || port !== "443") {
      client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const upstream = connect(443, host, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(client);
      client.pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
      socket.on("error", () => {
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(args.socket, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
