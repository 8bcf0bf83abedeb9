import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { MosError } from "../../contract/error.ts";
import type { Box, BoxCommand, BoxProbe, BoxResult } from "../../port/box.ts";
import { agentUid } from "./build-argv.ts";
import { forwardArgv, registryPort, relayPort } from "./forward-loopback.ts";
import { buildLaunchArgv } from "./launch-argv.ts";
import { probeBox } from "./probe-box.ts";
import { registryHosts, startRegistryProxy } from "./registry-proxy.ts";
import { startCommand } from "./start-command.ts";
import { type Prepared, showSocket, writeSupport } from "./write-support.ts";

/**
 * The tool box on Linux, by bubblewrap. As root, Master OS drops to an unprivileged uid before the box is made: with uid 0
 * inside, forbidden mounts came back.
 *
 * @param supportDir  a folder of Master OS's own for the few files that the box needs; made here
 * @param chore  the bundled chore program, copied there
 * @param uid  of this process
 */
export function createBubblewrapBox(args: { supportDir: string; chore: string; uid: number; node?: string }): Box {
  let prepared: Prepared | undefined;
  let probed: Promise<BoxProbe> | undefined;
  const prepare = () => {
    prepared ??= writeSupport(args);
    return prepared;
  };
  const start = (command: BoxCommand, shown: Prepared): Promise<BoxResult> =>
    startCommand(command, buildLaunchArgv(command, shown.support, args.uid), command.unixSockets ? shown.filterWithUnix : shown.filter);
  const ownerOf = (command: BoxCommand) => (args.uid === 0 ? (command.asUid ?? agentUid) : undefined);

  const runWithRegistries = async (command: BoxCommand): Promise<BoxResult> => {
    const own = prepare();
    const socket = join(own.dir, `registry-${process.pid}-${Math.round(performance.now() * 1000)}.sock`);
    rmSync(socket, { force: true });
    const proxy = await startRegistryProxy({ socket, hosts: registryHosts });
    const certificates = "/etc/ssl/certs/ca-certificates.crt";
    const shown = showSocket(own, socket, ownerOf(command));
    const support = { ...shown.support, ...(existsSync(certificates) ? { certificates } : {}) };
    try {
      return await start(forwardTo(command, registryPort), { ...shown, support });
    } finally {
      await proxy.close();
      rmSync(socket, { force: true });
    }
  };

  const box: Box = {
    probe: () => {
      probed ??= probeBox({ run: (command) => start(command, prepare()), dir: args.supportDir, uid: args.uid });
      return probed;
    },
    run: async (command) => {
      const found = await box.probe();
      if (!found.ok) throw new MosError({ code: "box-unavailable", message: `no sandbox here: ${found.reason}`, hint: found.remedy });
      if (command.asUid === 0) throw new MosError({ code: "box-unavailable", message: "nothing runs as uid 0", hint: "Name another uid." });
      if (command.network === undefined) return start(command, prepare());
      if (command.network === "registries") return runWithRegistries(command);
      return start(forwardTo(command, relayPort), showSocket(prepare(), command.network.relay, ownerOf(command)));
    },
  };
  return box;
}

function forwardTo(command: BoxCommand, port: number): BoxCommand {
  return { ...command, argv: forwardArgv(port, command.argv), unixSockets: true };
}
