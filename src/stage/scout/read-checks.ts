import { z } from "zod";
import type { Fact } from "../../contract/brief.ts";
import type { Domain } from "../../contract/config.ts";
import type { StoreReader } from "../../port/store.ts";

/** What the gate noted of a base's last control run. */
const BaseRun = z.object({ commit: z.string(), green: z.boolean(), name: z.string() });
export type BaseRun = z.infer<typeof BaseRun>;

/** The last control run of each repository's branch, by repository; a scout runs none itself (S6). */
export async function readBaseRuns(tx: StoreReader, domain: Domain): Promise<Readonly<Record<string, BaseRun>>> {
  const runs = await Promise.all(
    domain.repos.map(async ({ name, lane }) => [name, BaseRun.safeParse((await tx.notes.get(`base:${lane}`))?.value)] as const),
  );
  return Object.fromEntries(runs.flatMap(([name, run]) => (run.success ? [[name, run.data]] : [])));
}

/** Checks that were red on a branch which has not moved since. */
export async function readChecks(tx: StoreReader, args: { domain: Domain; heads: Readonly<Record<string, string>> }): Promise<Fact[]> {
  const runs = await readBaseRuns(tx, args.domain);
  return args.domain.repos.flatMap(({ name, lane, branch }): Fact[] => {
    const run = runs[name];
    if (run === undefined || run.green || run.commit !== args.heads[name]) return [];
    return [
      { kind: "check", text: `${lane}: ${run.name} is red on ${branch} itself (${run.commit.slice(0, 12)})`, evidence: [], score: 50 },
    ];
  });
}
