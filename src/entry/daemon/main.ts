import { setMaxListeners } from "node:events";
import manifest from "../../../package.json" with { type: "json" };
import { runDaemon } from "./run-daemon.ts";

// Started by `mos daemon start`, which listens on the channel until this serves or fails.
const controller = new AbortController();
// Each process of each run listens; as many as run at once are no leak.
setMaxListeners(0, controller.signal);
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => controller.abort());
process.on("SIGHUP", () => {});

const say = (text: string): void => console.log(`${new Date().toISOString()} ${text}`);
const tell = (message: object): void => {
  if (process.connected) process.send?.(message, () => process.connected && process.disconnect());
};

try {
  const [flag, workspace] = process.argv.slice(2);
  if (flag !== "--workspace" || workspace === undefined) throw new Error("it is started by mos daemon start");
  await runDaemon({
    workspace,
    version: manifest.version,
    signal: controller.signal,
    say,
    ready: (serving) => {
      say(`serves on 127.0.0.1:${serving.port}`);
      tell({ kind: "serving", ...serving });
    },
  });
  say("stopped");
  process.exit(0);
} catch (error) {
  const { code, message, hint } = error as { code?: unknown; message: string; hint?: unknown };
  say(`failed: ${message}`);
  tell({ kind: "failed", code: String(code ?? "daemon-failed"), message, hint: String(hint ?? "") });
  process.exitCode = 1;
}
