import { askClients, findClientsInUse, nameDisabled } from "./clients-in-use.ts";
import { byMinute, type DoctorCheck, fails, failuresOf } from "./doctor-check.ts";

/** What each agent client in use can do was seen of the very version that is installed. The built-in runtime needs no map. */
export const capabilities: DoctorCheck = {
  id: "capabilities",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async (patient) => {
    const standing = Object.keys(patient.world.runtimes);
    if (standing.length === 0) return fails("there is no runtime at all", "Install Master OS anew: the playbook runtime is built in.");
    const used = await findClientsInUse(patient);
    const asked = [...new Set([...standing, ...used.flatMap(({ client, runtime }) => (client ? [runtime] : []))])];
    return failuresOf(await askClients(used, (client, roles) => client.capabilities(roles)), `${asked.join(", ")}${nameDisabled(used)}`);
  },
};
