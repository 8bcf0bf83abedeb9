import type { LastProof, Proof } from "../../contract/proof.ts";
import type { AgentClientDriver } from "../../port/agent-client.ts";

/** What was found the last time, and whether it is still of these guards and of this client. */
export async function judgeLastProofs(args: {
  proofs: readonly Proof[];
  drivers: readonly AgentClientDriver[];
  path: string;
  describeGuards: (driver: AgentClientDriver) => string;
}): Promise<LastProof[]> {
  return Promise.all(
    args.proofs.map(async ({ client, state, version, at, guards }) => {
      const driver = args.drivers.find(({ name }) => name === client);
      const found = await driver?.find({ path: args.path, folders: [] });
      const now = found?.kind === "absent" || found === undefined ? undefined : found.version;
      const stale =
        driver === undefined || args.describeGuards(driver) !== guards
          ? "the guards have changed since"
          : now !== undefined && now !== version
            ? `${now} is installed now`
            : undefined;
      return { client, state, ...(version === undefined ? {} : { version }), at, ...(stale === undefined ? {} : { stale }) };
    }),
  );
}
