import { execa } from "execa";

/** Carries loopback port 8089 to a unix socket, runs the command, and ends with its code. */
const forwardScript = `
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

/** Where what listens on the socket is reached from inside. */
export const offlineUrl = "http://127.0.0.1:8089";

/**
 * A program in a network namespace of its own, with loopback alone and one socket of the host carried in. It is no other
 * fence: files are as they are. For a session that is started without a box.
 */
export async function runOffline(args: {
  program: string;
  argv: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  socket: string;
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<{ exitCode: number | null; output: string }> {
  const fence = ["--dev-bind", "/", "/", "--unshare-net", "--unshare-pid", "--die-with-parent", "--proc", "/proc"];
  const run = await execa("bwrap", [...fence, process.execPath, "-e", forwardScript, args.socket, args.program, ...args.argv], {
    cwd: args.cwd,
    env: args.env,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: args.timeoutMs,
    maxBuffer: 16 * 1024 * 1024,
    cancelSignal: args.signal,
  });
  return { exitCode: run.exitCode ?? null, output: `${run.stdout}${run.stderr}` };
}
