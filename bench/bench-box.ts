import { spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { buildLaunchArgv } from "../src/adapter/box/launch-argv.ts";
import { startCommand } from "../src/adapter/box/start-command.ts";
import { writeSupport } from "../src/adapter/box/write-support.ts";
import { type Figure, median } from "./figure.ts";

const rounds = 60;
const overheadMsMax = 20;
const user = 20_777;

/** What the box adds to `true`: whole processes, one after the other with plain `sh -c true`, started by root and by a user. */
export async function benchBox(): Promise<Figure[]> {
  const isRoot = process.getuid?.() === 0;
  const starters = isRoot ? [0, user] : [process.getuid?.() ?? -1];
  const figures: Figure[] = [];
  for (const uid of starters) {
    const folder = mkdtempSync(join(tmpdir(), "mos-bench-box-"));
    try {
      figures.push(await measure({ folder, uid, isRoot }));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return figures;
}

async function measure({ folder, uid, isRoot }: { folder: string; uid: number; isRoot: boolean }): Promise<Figure> {
  chmodSync(folder, 0o755);
  for (const name of ["slot", "slot/tree", "slot/git", "objects"]) mkdirSync(join(folder, name));
  if (isRoot) chownSync(join(folder, "slot/tree"), uid === 0 ? 20_001 : uid, uid === 0 ? 20_001 : uid);
  const prepared = writeSupport({ supportDir: join(folder, "box"), chore: resolve("package.json"), node: process.execPath });
  const command = {
    argv: ["/bin/sh", "-c", "true"],
    mounts: [
      { from: join(folder, "slot/tree"), to: "/work/tree", writable: true },
      { from: join(folder, "slot/git"), to: "/work/git" },
      { from: join(folder, "objects"), to: "/work/objects" },
    ],
    roots: [join(folder, "slot")],
    cwd: "/work/tree",
    limits: { wallMs: 30_000, outputBytes: 4096, memoryBytes: 1024 ** 3, processes: 64 },
  };
  const asUser = isRoot && uid !== 0 ? ["setpriv", "--reuid", String(uid), "--regid", String(uid), "--clear-groups"] : [];
  const plain: number[] = [];
  const boxed: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    plain.push(await time(() => runPlain(["sh", "-c", "true"])));
    boxed.push(await time(() => startCommand(command, [...asUser, ...buildLaunchArgv(command, prepared.support, uid)], prepared.filter)));
  }
  const [floor, whole] = [median(plain), median(boxed)];
  return {
    what: `box: ms that it adds to true, started by ${uid === 0 ? "root" : "a user"}`,
    ratio: whole - floor,
    atMost: overheadMsMax,
    detail: `${whole.toFixed(1)} ms against ${floor.toFixed(1)}, medians of ${rounds}`,
  };
}

function runPlain([program = "", ...argv]: readonly string[]): Promise<unknown> {
  return new Promise((done) => spawn(program, argv, { stdio: ["ignore", "pipe", "pipe"] }).once("close", done));
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
