/** Where in the box the socket of the host lies that loopback connections are carried to. */
export const forwardSocket = "/run/mos.sock";

/** Of the registries' proxy, inside the box. */
export const registryPort = 3128;
/** Of a client's relay, inside the box. */
export const relayPort = 3129;

/** Runs `argv` in the box with loopback `port` carried to `forwardSocket`, and ends with its exit code. */
export function forwardArgv(port: number, argv: readonly string[]): string[] {
  return ["node", "-e", forwardScript, "--", String(port), forwardSocket, ...argv];
}

const forwardScript = `
const net = require("node:net"), { spawn } = require("node:child_process");
const [port, socket, program, ...rest] = process.argv.slice(1);
const server = net.createServer({ allowHalfOpen: true }, (from) => {
  const to = net.connect({ path: socket, allowHalfOpen: true });
  from.pipe(to); to.pipe(from);
  from.on("error", () => to.destroy()); to.on("error", () => from.destroy());
});
server.on("error", (error) => { console.error(String(error)); process.exit(126); });
server.listen(Number(port), "127.0.0.1", () => {
  const child = spawn(program, rest, { stdio: "inherit" });
  child.on("error", (error) => { console.error(String(error)); process.exit(127); });
  child.on("exit", (code) => process.exit(code ?? 128));
});`;
