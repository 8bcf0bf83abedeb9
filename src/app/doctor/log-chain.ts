import { countOf } from "../../core/text/count-of.ts";
import { createLogMemory, type LogMemory } from "../audit-log.ts";
import { verifyLog } from "../verify-log.ts";
import { byMinute, type DoctorCheck, fails, holds } from "./doctor-check.ts";

export const logChain: DoctorCheck = {
  id: "log-chain",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async ({ world, memory }) => {
    const before = (memory.get("log-chain") as LogMemory | undefined) ?? createLogMemory();
    const log = await verifyLog(world, before);
    // A receipt that cannot be read says nothing of the log: check receipts names it.
    const lost = log.lostHeads.filter((head) => head.logHead !== undefined);
    if (log.brokenAt === undefined && lost.length === 0) {
      memory.set("log-chain", before);
      return holds(`${countOf(log.events, "event")}, unbroken`);
    }
    memory.delete("log-chain");
    const some = lost.slice(0, 3).map((head) => `${head.lane} ${head.receipt.slice(0, 12)}`);
    return fails(
      log.brokenAt === undefined
        ? `${countOf(lost.length, "receipt names", "receipts name")} a log that is not this one: ${some.join(", ")}`
        : `the log is broken at event ${log.brokenAt}`,
      `The store was changed by hand or is an older copy: mos log verify shows the place, then restore the last good copy of ${world.workspace.stateDir}.`,
    );
  },
};
