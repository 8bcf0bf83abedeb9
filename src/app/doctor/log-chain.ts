import { verifyLog } from "../verify-log.ts";
import { byMinute, type DoctorCheck, fails, holds } from "./doctor-check.ts";

export const logChain: DoctorCheck = {
  id: "log-chain",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async ({ world }) => {
    const log = await verifyLog(world);
    if (log.ok) return holds(`${log.events} events, unbroken`);
    const where =
      log.brokenAt === undefined ? `${log.lostHeads.length} receipts name a log that is not this one` : `broken at event ${log.brokenAt}`;
    return fails(`the log is ${where}`, "Somebody changed the store by hand: compare with a backup. mos log verify shows the place.");
  },
};
