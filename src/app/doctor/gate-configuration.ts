import { z } from "zod";
import { explainMissingGate } from "../../core/gate/defining-files.ts";
import { isGreen, runChecks } from "../../stage/gate/run-checks.ts";
import { type DoctorCheck, fails, holds } from "./doctor-check.ts";

/** What the gate wrote of a base's last control run. */
const BaseRun = z.object({ commit: z.string(), green: z.boolean(), name: z.string() });

export const gateConfiguration: DoctorCheck = {
  id: "gate",
  scope: "domain",
  fingerprint: async ({ world }, domain) => {
    const runs = await Promise.all(domain.repos.map((repo) => world.store.read((tx) => tx.notes.get(`base:${repo.lane}`))));
    return JSON.stringify([domain.repos, runs]);
  },
  examine: async ({ world }, domain) => {
    for (const repo of domain.repos) {
      const missing = explainMissingGate(repo);
      if (missing) return fails(missing, `Write its checks into mos.yaml, or "knowledgeOnly: true" when ${repo.lane} holds no code.`);
      const last = BaseRun.safeParse((await world.store.read((tx) => tx.notes.get(`base:${repo.lane}`)))?.value);
      const tip = await world.git
        .at(repo.path)
        .resolve(`refs/heads/${repo.branch}^{commit}`)
        .catch(() => undefined);
      if (last.success && !last.data.green && last.data.commit === tip) {
        return fails(
          `${last.data.name} of ${repo.lane} is red on ${repo.branch} itself (${tip?.slice(0, 12)})`,
          `Mend it by a ticket with "repairs: gate", or commit the cure and adopt it: mos ticket adopt ${repo.branch} --domain ${domain.name}`,
        );
      }
    }
    return holds("configured, and main green at its last run");
  },
  repair: async ({ world }, domain) => {
    const done: string[] = [];
    for (const repo of domain.repos) {
      const tip = await world.git.at(repo.path).resolve(`refs/heads/${repo.branch}^{commit}`);
      const last = BaseRun.safeParse((await world.store.read((tx) => tx.notes.get(`base:${repo.lane}`)))?.value);
      if (!tip || !last.success || last.data.green || last.data.commit !== tip) continue;
      const args = { repo, commit: tip, checks: repo.checks, logBase: `log/base/${repo.domain}-${repo.name}`, signal: world.signal };
      const runs = await world.slots.withSlot({ repo, purpose: "control run", signal: world.signal }, (slot) =>
        runChecks(world, { ...args, slot }),
      );
      const green = isGreen(repo.checks, runs);
      const value = { commit: tip, green, name: runs.at(-1)?.name ?? "check" };
      await world.store.write((tx) => tx.notes.put({ id: `base:${repo.lane}`, value }));
      done.push(`${repo.lane}: ${value.name} is ${green ? "green" : "still red"} on ${repo.branch}`);
    }
    return done.length > 0 ? done.join("; ") : undefined;
  },
};
