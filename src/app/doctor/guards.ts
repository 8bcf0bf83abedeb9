import { examineAlarms } from "../install-alarms.ts";
import { describeUnguarded } from "../unguarded-session.ts";
import { askClients, findClientsInUse, nameDisabled } from "./clients-in-use.ts";
import { byMinute, type DoctorCheck, failuresOf } from "./doctor-check.ts";

/** Guards are owed for each agent client that a domain uses. A runtime that is not there is configuration, not a failure. */
export const guards: DoctorCheck = {
  id: "guards",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async (patient) => {
    const used = await findClientsInUse(patient);
    const installed = used.filter(({ client }) => client).length;
    const reason = installed === 0 ? "no agent client is in use: the sandbox is what holds" : "installed and current";
    const silent = (await examineAlarms(patient.world)).filter(({ kind }) => kind !== "present").map(({ lane }) => lane);
    const alarms = silent.length === 0 ? "" : `; git itself tells nothing of ${silent.join(", ")} (mos guard install)`;
    const unguarded = await describeUnguarded(patient.world);
    return failuresOf(await askClients(used, (client) => client.guards()), `${reason}${nameDisabled(used)}${alarms}${unguarded}`);
  },
};
