import { AgentRun } from "../../contract/agent.ts";
import { priceUsage } from "../../core/run/price-usage.ts";
import type { StoreWriter } from "../../port/store.ts";
import type { World } from "../../port/world.ts";

/**
 * Closes as `lost` what is on record as running and holds no lease any more, in the transaction that took the leases of the
 * dead (V7). What it used stands in its row already and was counted when it was written: it is priced here, and counted no
 * second time.
 */
export async function closeLostRuns(tx: StoreWriter, world: Pick<World, "clock" | "workspace" | "isProcessAlive">): Promise<string[]> {
  const lost: string[] = [];
  for (const run of await tx.agentRuns.list({ state: "running" })) {
    const lease = await tx.leases.get(`run:${run.id}`);
    if (lease && world.isProcessAlive(lease)) continue;
    const cost = run.cost ?? priceUsage(run.usage, run.model, world.workspace.config.prices);
    const closed = AgentRun.parse({
      ...run,
      state: "lost",
      failure: "died",
      message: "its process is gone",
      ...(cost === undefined ? {} : { cost }),
      endedAt: world.clock.now(),
    });
    await tx.agentRuns.put(closed);
    if (lease) await tx.leases.remove(lease.key);
    await tx.append({
      kind: "run.ended",
      domain: run.domain,
      ...(run.ticket === undefined ? {} : { ticket: run.ticket }),
      actor: "mos",
      reason: `${run.runtime} as ${run.role}: lost with its process`,
      data: {
        ...{ run: run.id, role: run.role, runtime: run.runtime, state: "lost", owner: run.owner, usage: run.usage },
        ...(cost === undefined ? {} : { cost }),
      },
    });
    lost.push(run.id);
  }
  return lost;
}
