import { benchAgents } from "./bench-agents.ts";
import { benchBox } from "./bench-box.ts";
import { benchContext } from "./bench-context.ts";
import { benchGate } from "./bench-gate.ts";
import { benchHook } from "./bench-hook.ts";
import { benchLanding } from "./bench-landing.ts";
import { benchParallel } from "./bench-parallel.ts";
import { benchSchedule } from "./bench-schedule.ts";
import { benchSearch } from "./bench-search.ts";
import type { Figure } from "./figure.ts";

const benches: Readonly<Record<string, () => Promise<Figure[]>>> = {
  box: benchBox,
  hook: benchHook,
  parallel: benchParallel,
  landing: benchLanding,
  agents: benchAgents,
  schedule: benchSchedule,
  gate: benchGate,
  search: benchSearch,
  context: benchContext,
};
/** A quarter of an hour and more: only when named. */
const long = new Set(["schedule", "gate", "search"]);
const wanted = process.argv.slice(2);
let missed = 0;
for (const [name, run] of Object.entries(benches)) {
  if (wanted.length > 0 ? !wanted.includes(name) : long.has(name)) continue;
  for (const { what, ratio, atMost, detail } of await run()) {
    const held = ratio <= atMost;
    if (!held) missed += 1;
    process.stdout.write(`${held ? "ok  " : "MISS"} ${what}: ${ratio.toFixed(2)} (at most ${atMost})  ${detail}\n`);
  }
}
process.exitCode = missed === 0 ? 0 : 5;
