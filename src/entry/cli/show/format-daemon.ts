import type { DaemonStatus } from "../../daemon/control-daemon.ts";
import type { Paint } from "./paint.ts";

export function formatDaemon(status: DaemonStatus, paint: Paint): string {
  if (!status.running) return "No resident process runs here. Hooks decide alone; the rhythm does not run.";
  const { pid, address, answers, uptimeSeconds, served, denied } = status;
  if (!answers) return `${paint.red("✘")} Process ${pid} at ${address} does not answer. mos daemon stop, then mos daemon start`;
  return `${paint.green("✔")} Process ${pid} serves at ${address}, for ${uptimeSeconds} s: ${served} calls, ${denied} of them denied`;
}
