import { stat } from "node:fs/promises";
import { join } from "node:path";
import { byMinute, type DoctorCheck, fails, holds, type Patient } from "./doctor-check.ts";

const lockAgeMs = 60_000;

/** Nothing left over: slots that nobody owns, landings of dead workers, lock files of git's, worktrees that are gone. */
export const strays: DoctorCheck = {
  id: "strays",
  scope: "workspace",
  fingerprint: byMinute,
  examine: async (patient) => {
    const found = await findStrays(patient);
    return found.length === 0 ? holds("none") : fails(found.join("; "), "mos doctor --fix clears them away; so does the next mos run.");
  },
  repair: async ({ world }) => {
    const slots = await world.slots.removeStray();
    return slots.length > 0 ? `removed slots ${slots.join(", ")}` : undefined;
  },
};

async function findStrays({ world }: Patient): Promise<string[]> {
  const { landings, leases } = await world.store.read(async (tx) => ({
    landings: await tx.landings.list(),
    leases: await tx.leases.list(),
  }));
  const live = new Set(leases.filter((lease) => world.isProcessAlive(lease)).map((lease) => lease.key));
  const slots = (await world.slots.stray()).filter((id) => !live.has(`slot:${id}`));
  const found = [
    ...slots.map((id) => `slot ${id}`),
    ...landings
      .filter((landing) => !live.has(`lane:${landing.lane}`))
      .map((landing) => `a landing of ${landing.ticket} that was broken off`),
  ];
  for (const repo of [...world.workspace.domains, world.workspace.operator].flatMap((domain) => domain.repos)) {
    const gitDir = await world.git
      .at(repo.path)
      .gitDir()
      .catch(() => undefined);
    if (gitDir === undefined) continue;
    for (const name of ["index.lock", "HEAD.lock", "packed-refs.lock", `refs/heads/${repo.branch}.lock`]) {
      const lock = await stat(join(gitDir, name)).catch(() => undefined);
      if (lock && Date.parse(world.clock.now()) - lock.mtimeMs > lockAgeMs) found.push(`${join(gitDir, name)} is over a minute old`);
    }
    const listed = await world.git.at(repo.path).run(["worktree", "list", "--porcelain"]);
    const prunable = listed.stdout.split("\n\n").filter((block) => /^prunable/m.test(block));
    found.push(...prunable.map((block) => `${repo.lane}: a worktree that is gone: ${block.split("\n")[0]?.replace("worktree ", "")}`));
  }
  return found;
}
