import { LaneActivity } from "../../contract/run.ts";
import type { StoreReader } from "../../port/store.ts";
import type { World } from "../../port/world.ts";
import { activityNote } from "./tell-activity.ts";

/** What the lander of a lane says that it is at; `undefined` where none lives that holds it. */
export async function readActivity(
  tx: StoreReader,
  args: { lane: string; isProcessAlive: World["isProcessAlive"] },
): Promise<LaneActivity | undefined> {
  const lease = await tx.leases.get(`lane:${args.lane}`);
  if (lease === undefined || !args.isProcessAlive(lease)) return undefined;
  return LaneActivity.safeParse((await tx.notes.get(activityNote(args.lane)))?.value).data;
}
