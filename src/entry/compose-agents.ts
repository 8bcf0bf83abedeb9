import { createAcpClient } from "../adapter/client/acp/acp-client.ts";
import { launchAlone } from "../adapter/client/launch-alone.ts";
import type { ProbedDriver } from "../app/agents/probe-client.ts";
import type { Workspace } from "../contract/config.ts";
import { listAcpForms, listProbeForms } from "../core/agent/probe-words.ts";
import { clientDrivers } from "./compose-clients.ts";

/** Every program of somebody else's that could play a role in this workspace: the clients, then what mos.yaml names of kind `acp`. */
export function listProbedDrivers({ config }: Pick<Workspace, "config">): ProbedDriver[] {
  const clients = clientDrivers.map((driver): ProbedDriver => {
    const { name } = driver;
    return { driver, find: driver.find, forms: listProbeForms(name), launchAlone: (run) => launchAlone(name, run) };
  });
  const acp = Object.entries(config.runtimes).flatMap(([name, runtime]): ProbedDriver[] => {
    if (runtime.kind !== "acp" || clients.some(({ driver }) => driver.name === name)) return [];
    const driver = createAcpClient(name, runtime);
    return [{ driver, find: driver.find, forms: listAcpForms(runtime.command[0] ?? "") }];
  });
  return [...clients, ...acp];
}
