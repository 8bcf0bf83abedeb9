import { byMinute, type DoctorCheck, fails, holds } from "./doctor-check.ts";

const freeBytesMin = 200 * 1024 ** 2;
/** The log may be written by another process on this machine a moment ago. */
const clockSlackMs = 120_000;

export const diskAndClock: DoctorCheck = {
  id: "disk-and-clock",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async ({ world, host }) => {
    const free = await host.freeBytes(world.workspace.stateDir);
    if (free < freeBytesMin)
      return fails(
        `${Math.round(free / 1024 ** 2)} MB are free for ${world.workspace.stateDir}, under ${freeBytesMin / 1024 ** 2}`,
        "Free some space, then run mos doctor again.",
      );
    const last = await world.store.read(async (tx) =>
      (await tx.sessions.list())
        .map((session) => session.startedAt)
        .sort()
        .at(-1),
    );
    if (last !== undefined && Date.parse(last) - Date.parse(world.clock.now()) > clockSlackMs)
      return fails(`the clock says ${world.clock.now()}, and a session began at ${last}`, "Set the clock of this machine.");
    return holds(`${Math.round(free / 1024 ** 3)} GB free`);
  },
};
