import type { World } from "../port/world.ts";
import { type TipAlarm, watchTips } from "../stage/sweep/watch-tips.ts";

/**
 * What the resident process does between commands: looks at main of every lane, pauses one that moved outside a landing, and
 * says so (I3). May be repeated at any time, beside everything else.
 */
export async function watchLanes(world: World): Promise<TipAlarm[]> {
  const alarms = await watchTips(world);
  for (const alarm of alarms) world.report({ stage: "sweep", state: "failed", domain: alarm.domain, text: alarm.reason });
  return alarms;
}
