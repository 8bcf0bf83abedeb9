import { createMachineHost } from "../src/adapter/host/machine-host.ts";
import { createDiagnose } from "../src/app/diagnose.ts";
import { runTickets } from "../src/app/run-tickets.ts";
import { openWorld } from "../test/support/open-world.ts";
import type { Figure } from "./figure.ts";

const domains = ["music", "agency", "trading", "tooling", "incubator", "artist", "jobs"];
const files = { "check.sh": "true\n", "a.txt": "a\n" };

/** 14 disjoint tickets over 7 domains, each with an executor that sleeps 2 s, seven at a time, against one such ticket. */
export async function benchParallel(): Promise<Figure[]> {
  const one = await runSleepers(1);
  const all = await runSleepers(14);
  const detail = `14 tickets ${(all / 1000).toFixed(1)} s, one ${(one / 1000).toFixed(1)} s`;
  return [{ what: "14 sleeping tickets over 7 domains, in wall times of one", ratio: all / one, atMost: 3, detail }];
}

async function runSleepers(count: number): Promise<number> {
  const homes = Object.fromEntries(domains.map((name) => [name, { prefix: name.slice(0, 3).toUpperCase(), files }]));
  const opened = await openWorld(homes);
  try {
    for (let index = 0; index < count; index += 1) {
      const path = `f${index}.txt`;
      await opened.fileReady({
        domain: domains[index % 7],
        title: `Sleep ${index}`,
        touches: [path],
        run: [`sleep 2; echo ${index} > ${path}`],
      });
    }
    const result = await runTickets(opened.world, { maxParallel: 7, diagnose: createDiagnose(createMachineHost()) });
    if (result.merged.length !== count) throw new Error(`${result.merged.length} of ${count} merged`);
    return result.wallMs;
  } finally {
    await opened.remove();
  }
}
