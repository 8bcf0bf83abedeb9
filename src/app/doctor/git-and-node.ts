import { byMinute, type DoctorCheck, fails, holds } from "./doctor-check.ts";

/** merge-tree --write-tree came with git 2.38. */
const gitMin = [2, 38];
const nodeMin = [20, 20];

export const gitAndNode: DoctorCheck = {
  id: "git-and-node",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async ({ world, host }) => {
    const git = await world.git.version();
    const node = host.nodeVersion();
    if (!isAtLeast(git, gitMin)) return fails(`git is ${git}, older than ${gitMin.join(".")}`, "Install a newer git: apt-get install git");
    if (!isAtLeast(node, nodeMin)) return fails(`Node is ${node}, older than ${nodeMin.join(".")}`, "Install Node 20.20 or newer.");
    return holds(`git ${git}, Node ${node}`);
  },
};

function isAtLeast(version: string, min: readonly number[]): boolean {
  const parts = version.split(".").map((part) => Number.parseInt(part, 10));
  const [major = 0, minor = 0] = parts;
  return major > (min[0] ?? 0) || (major === min[0] && minor >= (min[1] ?? 0));
}
