import type { Lane } from "../contract/run.ts";
import type { StoreWriter } from "../port/store.ts";
import type { World } from "../port/world.ts";
import { findLane, listLanes } from "./find-lane.ts";
import { liftStop } from "./standing-stop.ts";

const reasonMax = 500;

/** Nothing lands in this lane until it is resumed; what is under way is finished and waits. May be repeated. */
export async function pauseLane(world: World, args: { lane: string; reason: string }): Promise<Lane> {
  const { lane: id } = findLane(world, args.lane);
  return world.store.write((tx) => putPause(tx, { lane: id, reason: args.reason }));
}

/** The operator's pause and its event, in the caller's transaction. */
export async function putPause(tx: StoreWriter, args: { lane: string; reason: string }): Promise<Lane> {
  const { lane: id } = args;
  // It is shown in a line, beside lanes that are not paused.
  const reason = args.reason.replace(/\s+/g, " ").trim().slice(0, reasonMax);
  const lane: Lane = { id, paused: { by: "operator", reason, paths: [] } };
  await tx.lanes.put(lane);
  const domain = id.split("/")[0] as string;
  await tx.append({ kind: "lane.paused", domain, actor: "operator", authority: "operator", reason, data: { lane: id } });
  return lane;
}

/** Landings go on; with the last lane of a stop of everything that stop is over (G11c). What paused it is looked for again at the next one. May be repeated. */
export async function resumeLane(world: World, args: { lane: string }): Promise<Lane> {
  const { lane: id, domain } = findLane(world, args.lane);
  const lanes = listLanes(world).map(({ lane }) => lane);
  await world.store.write(async (tx) => {
    await liftStop(tx, { lane: id, lanes });
    const before = (await tx.lanes.get(id))?.paused;
    if (before === undefined) return;
    await tx.lanes.put({ id });
    const reason = `was paused: ${before.reason}`;
    await tx.append({ kind: "lane.resumed", domain, actor: "operator", authority: "operator", reason, data: { lane: id } });
  });
  return { id };
}
