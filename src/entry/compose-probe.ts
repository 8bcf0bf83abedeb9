import { type Probed, type ProbedDriver, probeClient } from "../app/agents/probe-client.ts";
import { startRelay } from "./compose-clients.ts";
import { openGuards } from "./compose-guards.ts";
import { inThrowaway, startModel, type Throwaway } from "./compose-proof.ts";

/**
 * Looks at each of these in a workspace of its own in a temporary folder, which goes with it.
 *
 * @param folders  where they are looked for before PATH
 */
export async function probeInThrowaway(args: {
  drivers: readonly ProbedDriver[];
  folders: readonly string[];
  report: (text: string) => void;
  signal: AbortSignal;
}): Promise<Probed[]> {
  const { signal, report, drivers, folders } = args;
  const found = await Promise.all(drivers.map(({ find }) => find({ path: process.env.PATH ?? "", folders })));
  const probe = async (made?: Throwaway) => {
    const probed: Probed[] = [];
    for (const [at, driver] of drivers.entries()) {
      signal.throwIfAborted();
      const open = () => describePlace(made, driver);
      probed.push(await probeClient({ ...driver, found: found[at] ?? { kind: "absent", remedy: "" }, open, report, signal }));
    }
    return probed;
  };
  return found.some(({ kind }) => kind === "found") ? inThrowaway(signal, probe) : probe();
}

function describePlace(made: Throwaway | undefined, probed: ProbedDriver): ReturnType<Parameters<typeof probeClient>[0]["open"]> {
  if (!made) throw new Error("no workspace was made: no client is here");
  const { root, workspace, world } = made;
  const { launchAlone, driver } = probed;
  return {
    world,
    domain: workspace.attacker,
    places: { otherFile: workspace.places.sealedFile, canary: workspace.canary },
    ...(launchAlone ? { launchAlone } : {}),
    guardsOf: (role, { name, prefix }) => openGuards({ root, agent: { client: driver.name, role, domain: name, ticket: `${prefix}-1` } }),
    startModel,
    startRelay,
  };
}
