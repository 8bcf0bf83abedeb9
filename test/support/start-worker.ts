import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createSystemClock } from "../../src/adapter/clock/system-clock.ts";
import { openStore } from "../../src/adapter/store-libsql/open-store.ts";
import type { StoreReader } from "../../src/port/store.ts";
import type { KillPoint } from "./kill-at.ts";

const mos = join(import.meta.dirname, "../../dist/mos.mjs");

export interface StartedWorker {
  readonly child: ChildProcess;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  readonly stdout: () => string;
}

/** `mos …` in the background, or with `program` and `point` the one that stands still or dies at a step. */
export function startWorker(root: string, args: readonly string[] | { program: string; point: KillPoint }): StartedWorker {
  const argv = "program" in args ? [args.program, root, JSON.stringify(args.point)] : [mos, ...args, "--json", "--no-input"];
  const child = spawn(process.execPath, argv, {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH, HOME: root },
  });
  let text = "";
  child.stdout?.on("data", (data) => {
    text += String(data);
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => child.once("close", (code, signal) => resolve(code ?? signal)));
  return { child, ended, stdout: () => text };
}

/** Until the child stands still. */
export async function awaitHalt({ child, stdout }: StartedWorker): Promise<void> {
  await awaitThat(() => {
    if (child.exitCode !== null) throw new Error(`it has ended with ${child.exitCode}: ${stdout()}`);
    const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2)[0] === "T";
  });
}

export async function awaitThat(holds: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  for (const endsAt = performance.now() + withinMs; !(await holds()); ) {
    if (performance.now() > endsAt) throw new Error(`it did not come so far: ${holds}`);
    await delay(50);
  }
}

/** One look into a workspace's store from outside. */
export async function readStore<T>(root: string, body: (tx: StoreReader) => Promise<T>): Promise<T> {
  const store = await openStore({ file: join(root, ".mos/store.db"), clock: createSystemClock(), create: false });
  try {
    return await store.read(body);
  } finally {
    await store.close();
  }
}
