import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const program = join(import.meta.dirname, "../../dist/mos.mjs");

/** Numbers in [0, 1) from a seed: mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The copy's repositories are its own: mos.yaml names them by path. */
export function relocate(root: string, from: string, to: string): void {
  const file = join(root, "mos.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replaceAll(from, to));
}

export function findLocks(gitDir: string): string[] {
  if (!existsSync(gitDir)) return [];
  return readdirSync(gitDir, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".lock"));
}

/**
 * Starts `mos run` and kills it with signal 9 when `moment` has come, unless it ended before. Gives whether it was killed.
 *
 * @param reach  `all`: the whole tree of processes at once, boxes too; else the program alone
 * @param command  instead of `run`
 */
export async function runAndKill(
  root: string,
  args: {
    moment: (ended: AbortSignal) => Promise<void>;
    reach: "all" | "program";
    command?: readonly string[];
    env?: Readonly<Record<string, string>>;
  },
): Promise<boolean> {
  const child = spawn(process.execPath, [program, ...(args.command ?? ["run", "--max-parallel", "3"]), "--json", "--no-input"], {
    cwd: root,
    detached: true,
    stdio: "ignore",
    env: { PATH: process.env.PATH, HOME: root, ...args.env },
  });
  const over = new AbortController();
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  void ended.then(() => over.abort());
  await Promise.race([args.moment(over.signal), ended]);
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    for (const pid of args.reach === "all" ? [...listBelow(child.pid), child.pid] : [child.pid]) killOne(pid);
  }
  await ended;
  return child.signalCode === "SIGKILL";
}

/** Processes of this machine that still have to do with the folder: by their arguments, or by where they are. */
export function findProcessesOf(folder: string): string[] {
  return listProcesses().flatMap(({ pid, command, cwd }) =>
    pid !== process.pid && (command.includes(folder) || cwd.startsWith(folder)) ? [`${pid} ${command}`] : [],
  );
}

function killOne(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

function listBelow(root: number): number[] {
  const all = listProcesses();
  const found = new Set([root]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return [...found].filter((pid) => pid !== root);
}

function listProcesses(): { pid: number; parent: number; command: string; cwd: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        if (state === "Z") return [];
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return [{ pid: Number(name), parent: Number(parent), command, cwd: readCwd(name) }];
      } catch {
        return [];
      }
    });
}

function readCwd(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}
