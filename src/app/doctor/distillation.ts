import { Cron } from "croner";
import type { Domain } from "../../contract/config.ts";
import type { Artifact } from "../../contract/knowledge.ts";
import { countOf } from "../../core/text/count-of.ts";
import type { World } from "../../port/world.ts";
import { gatherLandings } from "../../stage/distill/gather-landings.ts";
import { gatherNotes } from "../../stage/distill/gather-notes.ts";
import { gatherTranscripts } from "../../stage/distill/gather-transcripts.ts";
import { type DoctorCheck, everyTime, fails, holds, isThere, type Patient } from "./doctor-check.ts";

/** What is there may be passed over by one distillation of its domain's rhythm, not by two. */
const missedMax = 1;

export const distillation: DoctorCheck = {
  id: "distillation",
  scope: "domain",
  fingerprint: everyTime,
  examine: async (patient, domain) => {
    const { world } = patient;
    const artifacts = await world.store.read((tx) => tx.artifacts.list({ domain: domain.name }));
    const waiting = artifacts.filter((artifact) => artifact.distilledAt === undefined);
    const now = Date.parse(world.clock.now());
    const late = waiting.filter((artifact) => isLate(artifact.at, domain, now)).map(({ kind, at }) => ({ kind, at }));
    const ungathered = await findUngathered(patient, { domain, known: new Set(artifacts.map(({ id }) => id)), now });
    const passed = [...late, ...ungathered];
    if (passed.length === 0) return holds(`${countOf(waiting.length, "artifact waits", "artifacts wait")}, none too long`);
    const oldest = passed.map(({ at }) => at).sort()[0];
    return fails(
      `${domain.name}: ${countKinds(passed)} passed over by its rhythm (${domain.rhythm.distill}), the oldest of ${oldest}`,
      `mos distill --domain ${domain.name}`,
    );
  },
};

type Passed = Pick<Artifact, "kind" | "at">;

/**
 * What no distillation ever gathered: notes, landings, transcripts and merged tickets that were there before the rhythm's last two
 * times. Nothing is looked for while the last distillation kept the rhythm, for it gathered what was there.
 */
async function findUngathered(
  patient: Patient,
  { domain, known, now }: { domain: Domain; known: ReadonlySet<string>; now: number },
): Promise<Passed[]> {
  const { world } = patient;
  const since = await readSince(world, domain);
  if (since === undefined || !isLate(since, domain, now)) return [];
  const tickets = await findTickets(world, domain, known);
  const transcripts = await gatherTranscripts(world, { domain, known });
  const home = (await isThere(patient, domain.home)) ? await findInHome(world, { domain, known, now }) : [];
  return [...tickets, ...transcripts, ...home].filter(({ at }) => isLate(at, domain, now));
}

/** When it was distilled last, else when it came: what was in a repository before that is owed from then on. */
async function readSince(world: World, domain: Domain): Promise<string | undefined> {
  return world.store.read(async (tx) => {
    const last = (await tx.notes.get(`distill:${domain.name}`))?.value as { at?: unknown } | undefined;
    if (typeof last?.at === "string") return last.at;
    const added = (await tx.events({ domain: domain.name, kind: "domain.added" })).at(-1);
    return (added ?? (await tx.events({ limit: 1 }))[0])?.at;
  });
}

async function findTickets(world: World, domain: Domain, known: ReadonlySet<string>): Promise<Passed[]> {
  return world.store.read(async (tx) => {
    const found: Passed[] = [];
    for (const { id, role, status } of await tx.tickets.list({ domain: domain.name, state: "merged" })) {
      if (status.state !== "merged" || role !== "executor" || known.has(`ticket:${id}`)) continue;
      const receipt = await tx.receipts.get(status.receipt);
      if (receipt) found.push({ kind: "ticket", at: receipt.landedAt });
    }
    return found;
  });
}

/** Notes that were on main at the rhythm's last time but one and are there still, and landings that nothing was read of. */
async function findInHome(
  world: World,
  { domain, known, now }: { domain: Domain; known: ReadonlySet<string>; now: number },
): Promise<Passed[]> {
  const repo = world.git.at(domain.home.path);
  const tip = await repo.resolve(`refs/heads/${domain.home.branch}^{commit}`);
  const due = cronOf(domain)
    .previousRuns(missedMax + 1, new Date(now))
    .at(-1);
  if (tip === undefined || due === undefined) return [];
  const { stdout } = await repo.run(["log", "-1", "--first-parent", `--before=${due.toISOString()}`, "--format=%H %ct", tip, "--"]);
  const [then = "", seconds = ""] = stdout.trim().split(" ");
  const still = then === "" ? new Set<string>() : new Set((await gatherNotes(world, { domain, tip, known })).map(({ id }) => id));
  const before = still.size === 0 ? [] : await gatherNotes(world, { domain, tip: then, known });
  const at = new Date(Number(seconds) * 1000).toISOString();
  const notes = before.filter(({ id }) => still.has(id)).map(({ kind }) => ({ kind, at }));
  const landings = (await gatherLandings(world, domain)).artifacts.filter(({ id }) => !known.has(id));
  return [...notes, ...landings];
}

function countKinds(passed: readonly Passed[]): string {
  const kinds = [...new Set(passed.map(({ kind }) => kind))];
  const counts = kinds.map((kind) => {
    const count = passed.filter((one) => one.kind === kind).length;
    return countOf(count, kind);
  });
  return `${counts.join(", ")} ${passed.length === 1 ? "was" : "were"}`;
}

function isLate(at: string, domain: Domain, now: number): boolean {
  const cron = cronOf(domain);
  let due: Date | null = new Date(at);
  for (let runs = 0; runs <= missedMax && due; runs += 1) due = cron.nextRun(due);
  return due !== null && due.getTime() < now;
}

function cronOf({ rhythm }: Domain): Cron {
  return new Cron(rhythm.distill, { paused: true, mode: "5-part" });
}
