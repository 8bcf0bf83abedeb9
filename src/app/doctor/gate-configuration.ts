import type { RepoHandle } from "../../contract/config.ts";
import { explainMissingGate } from "../../core/gate/defining-files.ts";
import { BaseRun, baseNote, runBaseAgain } from "../lane/control-base.ts";
import { type DoctorCheck, type Finding, fails, failuresOf, type Patient, readTip } from "./doctor-check.ts";

export const gateConfiguration: DoctorCheck = {
  id: "gate",
  scope: "domain",
  fingerprint: async (patient, domain) => {
    const runs = await Promise.all(domain.repos.map((repo) => readBaseRun(patient, repo)));
    return JSON.stringify([domain.repos, runs, patient.landing?.lane]);
  },
  examine: async (patient, domain) =>
    failuresOf(
      await Promise.all(domain.repos.map((repo) => examineRepo(patient, repo))),
      domain.repos.every((repo) => repo.knowledgeOnly) ? "knowledge only" : "configured, and main green at its last run",
    ),
  repair: async (patient, { domain, dryRun }) => {
    const { world } = patient;
    const done: string[] = [];
    for (const repo of domain.repos) {
      const red = await findRedBase(patient, repo);
      if (!red) continue;
      if (dryRun) {
        done.push(`would run the checks of ${repo.lane} on ${repo.branch} again`);
        continue;
      }
      const value = await runBaseAgain(world, { repo, commit: red.commit });
      done.push(`${repo.lane}: ${value.name} is ${value.green ? "green" : "still red"} on ${repo.branch}`);
    }
    return done.length > 0 ? done.join("; ") : undefined;
  },
};

async function examineRepo(patient: Patient, repo: RepoHandle): Promise<Finding | undefined> {
  const missing = explainMissingGate(repo);
  if (missing) return fails(missing, `Write its checks into mos.yaml, or "knowledgeOnly: true" when ${repo.lane} holds no code.`);
  const red = await findRedBase(patient, repo);
  if (!red) return undefined;
  return fails(
    `${red.name} of ${repo.lane} is red on ${repo.branch} itself (${red.commit.slice(0, 12)})`,
    `Mend it by a ticket with "repairs: gate", or commit the cure and adopt it: mos ticket adopt ${repo.branch} --domain ${repo.domain}. When it was not the code: the next mos run tests it again, as mos doctor --fix does.`,
  );
}

/** The last control run, when it was red on what is main now. A landing that is about to be was tested green itself. */
async function findRedBase(patient: Patient, repo: RepoHandle): Promise<BaseRun | undefined> {
  if (patient.landing?.lane === repo.lane) return undefined;
  const last = BaseRun.safeParse((await readBaseRun(patient, repo))?.value);
  if (!last.success || last.data.green) return undefined;
  return last.data.commit === (await readTip(patient, repo)) ? last.data : undefined;
}

function readBaseRun({ world }: Patient, repo: RepoHandle) {
  return world.store.read((tx) => tx.notes.get(baseNote(repo.lane)));
}
