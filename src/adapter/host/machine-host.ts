import { statfs } from "node:fs/promises";
import type { Host } from "../../port/host.ts";

/** The machine that this runs on. */
export function createMachineHost(): Host {
  return {
    nodeVersion: () => process.versions.node,
    freeBytes: async (path) => {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    },
  };
}
