import { execa } from "execa";

/** Carries loopback port 8089 to a unix socket, runs the command, and ends with its code. */
const forward = `
const net = require("node:net"), { spawn } = require("node:child_process");
const [socket, program, ...argv] = process.argv.slice(1);
const server = net.createServer((from) => {
  const to = net.connect(socket);
  from.pipe(to); to.pipe(from);
  from.on("error", () => to.destroy()); to.on("error", () => from.destroy());
});
server.listen(8089, "127.0.0.1", () => {
  const child = spawn(program, argv, { stdio: "inherit" });
  child.on("error", (error) => { console.error(String(error)); process.exit(127); });
  child.on("exit", (code) => process.exit(code ?? 128));
});`;

/** Where a model on `socket` is reached from inside `runOffline`. */
export const offlineUrl = "http://127.0.0.1:8089";

/** A program in a network namespace of its own: loopback alone, and on it what listens on `socket`. No other fence. */
export async function runOffline(args: {
  program: string;
  argv: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  socket: string;
  timeoutMs?: number;
}) {
  const fence = ["--dev-bind", "/", "/", "--unshare-net", "--unshare-pid", "--die-with-parent", "--proc", "/proc"];
  return execa("bwrap", [...fence, process.execPath, "-e", forward, args.socket, args.program, ...args.argv], {
    cwd: args.cwd,
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin", TERM: "dumb", LANG: "C.UTF-8", ...args.env },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: args.timeoutMs ?? 60_000,
  });
}
