import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createMachineHost } from "../src/adapter/host/machine-host.ts";
import { createDiagnose } from "../src/app/diagnose.ts";
import { runTickets } from "../src/app/run-tickets.ts";
import type { Progress, World } from "../src/port/world.ts";
import { openWorld } from "../test/support/open-world.ts";
import { type Figure, median } from "./figure.ts";

const tickets = 12;
const fileCount = 5000;

/**
 * What landing a ticket costs beside its execution, verification, checks and doctor, against the bare git commands that it
 * needs (worktree add, add, commit, merge-tree, commit-tree, update-ref, worktree remove), in a repository of 5,000 files.
 */
export async function benchLanding(): Promise<Figure[]> {
  const files = Object.fromEntries(Array.from({ length: fileCount }, (_, index) => [`d${index % 50}/f${index}.txt`, `${index}\n`]));
  const opened = await openWorld({ music: { prefix: "MUS", files: { "check.sh": "true\n", ...files } } });
  try {
    for (let index = 0; index < tickets; index += 1) {
      await opened.fileReady({
        domain: "music",
        title: `Write ${index}`,
        touches: [`n${index}.txt`],
        run: [`echo ${index} > n${index}.txt`],
      });
    }
    const meter = createMeter(opened.world);
    const result = await runTickets(meter.world, { maxParallel: 1, diagnose: meter.diagnose });
    if (result.merged.length !== tickets) throw new Error(`${result.merged.length} of ${tickets} merged`);
    const overhead = meter.overheads().slice(1);
    const floor = Array.from({ length: tickets }, (_, index) => landBare(join(opened.root, "music"), index));
    const [mine, bare] = [median(overhead), median(floor)];
    const detail = `overhead ${mine.toFixed(0)} ms, bare git ${bare.toFixed(0)} ms (medians of ${overhead.length} and ${floor.length}, ${fileCount} files)`;
    return [{ what: "landing overhead per ticket, in bare git", ratio: mine / bare, atMost: 3, detail }];
  } finally {
    await opened.remove();
  }
}

/** Sums, ticket by ticket, what is not overhead: commands in the box, the verify stage, the doctor. One ticket at a time. */
function createMeter(world: World) {
  const spans = new Map<string, { startMs: number; endMs: number; excludedMs: number }>();
  let current: string | undefined;
  let verifyFromMs: number | undefined;
  const exclude = (ms: number) => {
    const span = current === undefined ? undefined : spans.get(current);
    if (span) span.excludedMs += ms;
  };
  const report = (progress: Progress) => {
    const now = performance.now();
    if (progress.ticket === undefined || progress.state === "update") return;
    if (verifyFromMs !== undefined) exclude(now - verifyFromMs);
    verifyFromMs = progress.stage === "verify" ? now : undefined;
    if (progress.stage === "execute") {
      current = progress.ticket;
      spans.set(current, { startMs: now, endMs: now, excludedMs: 0 });
    }
    const span = spans.get(progress.ticket);
    if (span && progress.stage === "ticket") span.endMs = now;
  };
  const timed = async <T>(body: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    try {
      return await body();
    } finally {
      if (verifyFromMs === undefined) exclude(performance.now() - from);
    }
  };
  const slots: World["slots"] = {
    ...world.slots,
    withSlot: (args, body) => world.slots.withSlot(args, (slot) => body({ ...slot, run: (run) => timed(() => slot.run(run)) })),
  };
  const doctor = createDiagnose(createMachineHost());
  return {
    world: { ...world, slots, report },
    diagnose: (_: World, args: Parameters<typeof doctor>[1]) => timed(() => doctor(world, args)),
    overheads: () => [...spans.values()].map((span) => span.endMs - span.startMs - span.excludedMs),
  };
}

function landBare(repo: string, index: number): number {
  const git = (cwd: string, ...args: string[]) =>
    execFileSync("git", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  const tree = join(repo, "..", `bare-${index}`);
  const from = performance.now();
  const base = git(repo, "rev-parse", "refs/heads/main");
  git(repo, "worktree", "add", "-q", "--detach", tree, base);
  writeFileSync(join(tree, `bare-${index}.txt`), `${index}\n`);
  git(tree, "add", "-A");
  git(tree, "commit", "-q", "-m", "bare");
  const head = git(tree, "rev-parse", "HEAD");
  const merged = git(repo, "merge-tree", "--write-tree", base, head);
  const landing = git(repo, "commit-tree", merged, "-p", base, "-p", head, "-m", "bare");
  git(repo, "update-ref", "refs/heads/main", landing, base);
  git(repo, "worktree", "remove", "--force", tree);
  const ms = performance.now() - from;
  rmSync(tree, { recursive: true, force: true });
  return ms;
}
