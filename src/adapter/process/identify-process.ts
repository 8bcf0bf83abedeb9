import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { World } from "../../port/world.ts";

/** This process, as leases and events name it: `host/pid/start`. */
export function identifyWorker(): World["worker"] {
  const start = readProcess(process.pid)?.start ?? String(Math.round(Date.now() - process.uptime() * 1000));
  return { id: `${hostname()}/${process.pid}/${start}`, pid: process.pid, process: `${machineId()}/${start}` };
}

/**
 * Whether the process that a lease names is still running. A pid that was given to another process since, a zombie,
 * and everything from before the last boot are dead. Where this machine cannot tell (another host, another pid
 * namespace), the answer is yes: then the lease's beat decides (T5).
 */
export function isProcessAlive(lease: { readonly pid: number; readonly process: string }): boolean {
  const at = lease.process.lastIndexOf("/");
  const machine = lease.process.slice(0, at);
  const [host, boot, namespace] = machine.split("|");
  const [ownHost, ownBoot, ownNamespace] = machineId().split("|");
  if (host !== ownHost) return true;
  if (boot !== ownBoot) return false;
  if (namespace !== ownNamespace) return true;
  if (ownBoot === "") return canSignal(lease.pid);
  const found = readProcess(lease.pid);
  return found !== undefined && found.state !== "Z" && found.state !== "X" && found.start === lease.process.slice(at + 1);
}

let machine: string | undefined;

/** Whether a mark is of this machine, boot and pid namespace: nothing else may be signalled by its pid. */
export function isOfThisMachine(mark: { readonly process: string }): boolean {
  return mark.process.slice(0, mark.process.lastIndexOf("/")) === machineId();
}

/** Host, boot and pid namespace; the last two empty where there is no /proc. */
export function machineId(): string {
  machine ??= [
    hostname(),
    readOr("", () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    readOr("", () => readlinkSync("/proc/self/ns/pid")),
  ].join("|");
  return machine;
}

/** State, parent and start time, in clock ticks since boot, from /proc/<pid>/stat. The name in it may hold spaces and brackets. */
export function readProcess(pid: number): { state: string; parent: number; start: string } | undefined {
  return readOr(undefined, () => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", parent: Number(fields[1]), start: fields[19] ?? "" };
  });
}

function canSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function readOr<Value>(otherwise: Value, read: () => Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
