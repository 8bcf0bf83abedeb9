import type { Ticket } from "../contract/ticket.ts";
import { findObjection, mayRun } from "../core/doctor/judge-cure.ts";
import { explainWait, type Wait } from "../core/lane/explain-wait.ts";
import { describeHomeless, findHomeless } from "../core/lane/find-homeless.ts";
import { nameLane } from "../core/lane/name-lane.ts";
import { pathsOverlap } from "../core/schedule/paths-overlap.ts";
import type { LastDiagnosis, StoreReader } from "../port/store.ts";
import type { World } from "../port/world.ts";
import { listLanes } from "./find-lane.ts";
import { readActivity } from "./lane/read-activity.ts";
import { readQueue } from "./lane/read-queue.ts";

/** What a ticket waits for at this moment, of all that the store knows; `undefined` for one that is merged. */
export async function explainTicket(
  tx: StoreReader,
  args: { world: World; ticket: Ticket; since: string; doctor: LastDiagnosis | undefined },
): Promise<Wait | undefined> {
  const { world, ticket, since, doctor } = args;
  const lane = nameLane(ticket);
  const lanes = new Set(listLanes(world).map((repo) => repo.lane));
  const [homeless] = lanes.has(lane) ? [] : findHomeless({ tickets: [ticket], landings: await tx.landings.list({ lane }), lanes });
  if (homeless) {
    const { reason, remedy } = describeHomeless({ ...homeless, landing: homeless.landing.filter((id) => id === ticket.id) });
    return { for: `its repository: ${reason}. ${remedy}`, since };
  }
  const where = { domain: ticket.domain };
  const begun = [
    ...(await tx.tickets.list({ ...where, state: "in_progress" })),
    ...(await tx.tickets.list({ ...where, state: "verifying" })),
  ].filter((other) => other.id !== ticket.id && other.repo === ticket.repo);
  const lease = await tx.leases.get(`ticket:${ticket.id}`);
  const isAlive = world.isProcessAlive;
  const queued = await readQueue(tx, { repo: { domain: ticket.domain, name: ticket.repo }, isAlive, mayLand: () => true });
  const objection = doctor && !mayRun(ticket, doctor) ? findObjection({ ...ticket, repairs: undefined }, doctor) : undefined;
  return explainWait({
    ...{ ticket, since },
    lane: await tx.lanes.get(lane),
    activity: await readActivity(tx, { lane, isProcessAlive: isAlive }),
    queued: queued.map(({ id }) => id),
    rivals: begun.filter((other) => pathsOverlap(ticket, other)).map(({ id }) => id),
    worked: lease !== undefined && isAlive(lease),
    ...(objection ? { held: `${objection.id}: ${objection.reason}` } : {}),
  });
}
