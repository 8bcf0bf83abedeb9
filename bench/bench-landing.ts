import { cpSync } from "node:fs";
import { join } from "node:path";
import { runTickets } from "../src/app/run-tickets.ts";
import { type OpenedWorld, openWorld } from "../test/support/open-world.ts";
import { type Figure, median } from "./figure.ts";
import { growForest } from "./landing/grow-forest.ts";
import { type BareLanding, createBareLander } from "./landing/land-bare.ts";
import { createMeter, type Metered } from "./landing/meter-world.ts";

const sizes = [{ files: 5_000, rounds: 6 }, ...(process.env.MOS_BENCH_SMALL ? [] : [{ files: 50_000, rounds: 6 }])];
/** Theirs are small; a doctor looks at what concerns the workspace as a whole in all of them. */
const others = ["agency", "trading", "tooling", "incubator", "artist", "jobs"];

/**
 * What landing a ticket costs beside its execution, verification, checks and doctor, and what the doctor of a landing costs,
 * against the same git commands run bare, one bare landing after each ticket; and what
 * preparing a slot costs against `git worktree add`.
 */
export async function benchLanding(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const size of sizes) figures.push(...(await measureAt(size)));
  return figures;
}

async function measureAt({ files, rounds }: { files: number; rounds: number }): Promise<Figure[]> {
  const small = Object.fromEntries(
    others.map((name) => [name, { prefix: name.slice(0, 3).toUpperCase(), files: { "check.sh": "true\n", "a.txt": "a\n" } }]),
  );
  const opened = await openWorld({ music: { prefix: "MUS", files: { "check.sh": "true\n", ...growForest(files) } }, ...small });
  try {
    const bareRepo = join(opened.root, "bare");
    cpSync(join(opened.root, "music"), bareRepo, { recursive: true, preserveTimestamps: true });
    const bare = createBareLander(bareRepo, join(opened.root, "bare-slot"));
    const meter = createMeter(opened.world);
    const mine: Metered[] = [];
    const floor: BareLanding[] = [];
    // The first of each makes what is kept, and finds nothing warm.
    for (let round = 0; round <= rounds; round += 1) {
      const metered = await landOne(opened, meter, round);
      const landed = bare.land(round, 4000);
      if (round === 0) continue;
      mine.push(metered);
      floor.push(landed);
    }
    const worktrees = [0, 1, 2].map((index) => bare.addWorktree(index));
    const floorMs = median(floor.map(({ ms }) => ms));
    const made = Object.keys(floor[0]?.parts ?? {})
      .map((name) => `${name} ${median(floor.map(({ parts }) => parts[name] ?? 0)).toFixed(0)}`)
      .join(", ");
    const at = `${files} files, medians of ${rounds}`;
    const overheadMs = median(mine.map((one) => one.overheadMs));
    const doctorMs = median(mine.map((one) => one.doctorMs));
    const preparesMs = mine.flatMap((one) => one.preparesMs);
    const prepareMs = median(preparesMs);
    const addMs = median(worktrees.map((one) => one.addMs));
    const removeMs = median(worktrees.map((one) => one.removeMs));
    const leastMs = median(floor.map((one) => one.leastMs));
    const easyMs = leastMs - median(floor.map(({ parts }) => parts.checkout ?? 0)) + 3 * (addMs + removeMs);
    const ms = (value: number) => `${value.toFixed(0)} ms`;
    return [
      {
        what: `landing overhead per ticket at ${files} files, in the same git commands run bare`,
        ratio: overheadMs / floorMs,
        atMost: 2,
        detail: `${ms(overheadMs)} against ${ms(floorMs)} (${made}); the fewest of them that could land it ${ms(leastMs)} (${(overheadMs / leastMs).toFixed(2)}); with worktrees made and deleted it would be ${ms(easyMs)}; ${at}`,
      },
      {
        what: `doctor of a landing at ${files} files, in the same git commands`,
        ratio: doctorMs / floorMs,
        atMost: 1,
        detail: `${ms(doctorMs)} against ${ms(floorMs)}; ${at}`,
      },
      {
        what: `preparing a slot at ${files} files, in git worktree add`,
        ratio: prepareMs / addMs,
        atMost: files < 50_000 ? 0.5 : 0.1,
        detail: `${ms(prepareMs)} (median of ${preparesMs.length}) against ${ms(addMs)}, and ${ms(removeMs)} to remove it again`,
      },
    ];
  } finally {
    await opened.remove();
  }
}

async function landOne(opened: OpenedWorld, meter: ReturnType<typeof createMeter>, round: number): Promise<Metered> {
  const id = await opened.fileReady({
    domain: "music",
    title: `Write ${round}`,
    touches: [`n${round}.txt`],
    run: [`echo ${round} > n${round}.txt`],
  });
  const result = await runTickets(meter.world, { maxParallel: 1, tickets: [id], diagnose: meter.diagnose });
  if (!result.merged.includes(id)) throw new Error(`${id} did not land: ${JSON.stringify(result)}`);
  return meter.take();
}
