import { launchAlone } from "../adapter/client/launch-alone.ts";
import { type Probed, probeClient } from "../app/agents/probe-client.ts";
import type { ClientName } from "../port/agent-client.ts";
import { clientDrivers, startRelay } from "./compose-clients.ts";
import { openGuards } from "./compose-guards.ts";
import { inThrowaway, startModel, type Throwaway } from "./compose-proof.ts";

/**
 * Looks at each client in a workspace of its own in a temporary folder, which goes with it.
 *
 * @param runtimes  these alone; empty: all that Master OS knows
 * @param folders  where clients are looked for before PATH
 */
export async function probeInThrowaway(args: {
  runtimes: readonly ClientName[];
  folders: readonly string[];
  report: (text: string) => void;
  signal: AbortSignal;
}): Promise<Probed[]> {
  const { signal, report } = args;
  const chosen = clientDrivers.filter(({ name }) => args.runtimes.length === 0 || args.runtimes.includes(name));
  const found = await Promise.all(chosen.map((driver) => driver.find({ path: process.env.PATH ?? "", folders: args.folders })));
  const probe = async (made?: Throwaway) => {
    const probed: Probed[] = [];
    for (const [at, driver] of chosen.entries()) {
      signal.throwIfAborted();
      const open = () => describePlace(made, driver.name);
      probed.push(await probeClient({ driver, found: found[at] ?? { kind: "absent", remedy: "" }, open, report, signal }));
    }
    return probed;
  };
  return found.some(({ kind }) => kind === "found") ? inThrowaway(signal, probe) : probe();
}

function describePlace(made: Throwaway | undefined, client: ClientName): ReturnType<Parameters<typeof probeClient>[0]["open"]> {
  if (!made) throw new Error("no workspace was made: no client is here");
  const { root, workspace, world } = made;
  return {
    world,
    domain: workspace.attacker,
    places: { otherFile: workspace.places.sealedFile, canary: workspace.canary },
    launchAlone: (run) => launchAlone(client, run),
    guardsOf: (role, { name, prefix }) => openGuards({ root, agent: { client, role, domain: name, ticket: `${prefix}-1` } }),
    startModel,
    startRelay,
  };
}
