import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MosError } from "../../contract/error.ts";

const pollMs = 40;

/**
 * Runs `body` while holding the lock file `path`, which names its holder.
 *
 * The file comes into being whole: it is written under a name of its own (`<path>.<pid>.<token>`) and linked. A holder
 * that was killed leaves it. It is taken over like this: whoever finds the holder dead makes `<path>.<token>` exclusively
 * (one for each acquisition, so only one can), reads the lock again, and only if it still bears that token removes it. A
 * process killed between these two steps leaves the claim; the error then names it.
 *
 * @throws MosError `config-busy` after `waitMs`, `config-unwritable`
 */
export async function holdLock<T>(args: { path: string; waitMs: number }, body: () => Promise<T>): Promise<T> {
  await acquire(args.path, args.waitMs);
  try {
    return await body();
  } finally {
    await rm(args.path, { force: true });
  }
}

async function acquire(path: string, waitMs: number): Promise<void> {
  const token = randomUUID();
  const mine = `${path}.${process.pid}.${token}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(mine, JSON.stringify({ pid: process.pid, start: await readStart(process.pid), token }), { mode: 0o600, flag: "wx" });
    for (let waitedMs = 0; !(await linkNew(mine, path)); waitedMs += pollMs) {
      const holder = await readHolder(path);
      if (holder && !(await isAlive(holder)) && (await takeAway(path, holder.token))) continue;
      if (waitedMs >= waitMs) throw busy(path, holder);
      await sleep(pollMs);
    }
    await removeLeavings(path);
  } catch (cause) {
    throw cause instanceof MosError ? cause : unwritable(path, cause);
  } finally {
    await rm(mine, { force: true }).catch(() => undefined);
  }
}

interface Holder {
  readonly pid: number;
  readonly start: string;
  readonly token: string;
}

/** `undefined` when it is gone meanwhile. */
async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

async function takeAway(path: string, token: string): Promise<boolean> {
  const claim = `${path}.${token}`;
  const file = await open(claim, "wx", 0o600).catch(orExists);
  if (!file) return false;
  await file.close();
  try {
    if ((await readHolder(path))?.token === token) await rm(path, { force: true });
  } finally {
    await rm(claim, { force: true });
  }
  return true;
}

async function linkNew(from: string, to: string): Promise<boolean> {
  return (await link(from, to).then(() => true, orExists)) ?? false;
}

function orExists(cause: unknown): undefined {
  if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return undefined;
  throw cause;
}

/** What processes that were killed while they waited left. Called by the holder. */
async function removeLeavings(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    const pid = name.startsWith(`${basename(path)}.`) ? /\.(\d+)\.[0-9a-f-]{36}$/.exec(name)?.[1] : undefined;
    if (pid !== undefined && !(await isAlive({ pid: Number(pid), start: "" }))) await rm(join(dirname(path), name), { force: true });
  }
}

async function isAlive({ pid, start }: Pick<Holder, "pid" | "start">): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ESRCH") return false;
  }
  return start === "" || start === (await readStart(pid));
}

/**
 * Tells a recycled pid from the process that had it, and one that has ended and waits for its parent to notice from one that
 * runs; empty where the system has no /proc.
 */
async function readStart(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? "ended" : (fields[19] ?? "");
}

function busy(path: string, holder: Holder | undefined): MosError {
  return new MosError({
    code: "config-busy",
    message: `${path} is held by process ${holder?.pid ?? "?"}, which edits mos.yaml`,
    hint: `Wait for it to end; if there is no such process, remove ${path}*.`,
  });
}

function unwritable(path: string, cause: unknown): MosError {
  return new MosError({
    code: "config-unwritable",
    message: `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Make the workspace's folder writable, and see that its disk has room.",
    cause,
  });
}
