import { readdirSync } from "node:fs";
import type { ProcessControl, ProcessMark } from "../../port/process-control.ts";
import { isOfThisMachine, isProcessAlive, machineId, readProcess } from "./identify-process.ts";

/** Signals to processes of this machine by their marks; `listBelow` and `kill` know none where there is no /proc. */
export function createProcessControl(): ProcessControl {
  return {
    interrupt: (mark) => isOfThisMachine(mark) && isProcessAlive(mark) && !runsInIt(mark) && signal(mark, "SIGINT"),
    listBelow,
    kill: (mark) => isOfThisMachine(mark) && isProcessAlive(mark) && !runsInIt(mark) && signal(mark, "SIGKILL"),
  };
}

function listBelow(mark: ProcessMark): ProcessMark[] {
  if (!isOfThisMachine(mark) || !isProcessAlive(mark)) return [];
  const childrenOf = new Map<number, ProcessMark[]>();
  for (const name of readNumbers()) {
    const found = readProcess(name);
    if (found === undefined || found.state === "Z" || found.state === "X") continue;
    const child = { pid: name, process: `${machineId()}/${found.start}` };
    childrenOf.set(found.parent, [...(childrenOf.get(found.parent) ?? []), child]);
  }
  const below: ProcessMark[] = [];
  for (let level = childrenOf.get(mark.pid) ?? []; level.length > 0; level = level.flatMap(({ pid }) => childrenOf.get(pid) ?? []))
    below.push(...level);
  return below.filter((one) => !runsInIt(one));
}

function readNumbers(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** This process itself, or one above it: a session's shell that asks for the stop is not ended by it. */
function runsInIt(mark: ProcessMark): boolean {
  for (let pid = process.pid; pid > 1; pid = readProcess(pid)?.parent ?? 0) if (pid === mark.pid) return true;
  return false;
}

function signal({ pid }: ProcessMark, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
