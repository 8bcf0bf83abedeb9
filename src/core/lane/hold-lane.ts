import type { Lane } from "../../contract/run.ts";
import type { StoreWriter } from "../../port/store.ts";

/**
 * Pauses a lane for a reason that the next run looks at again. A pause of the operator's own stays as it is: what is found
 * while it stands, by a landing that was under way, lifts it no sooner (G11a).
 */
export async function holdLane(tx: StoreWriter, args: { lane: string } & NonNullable<Lane["paused"]>): Promise<void> {
  const { lane, ...paused } = args;
  if ((await tx.lanes.get(lane))?.paused?.by === "operator") return;
  await tx.lanes.put({ id: lane, paused });
}
