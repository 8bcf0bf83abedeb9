import type { Domain, RepoHandle } from "../../contract/config.ts";
import type { ConfigFile } from "../../port/config-file.ts";
import type { Host } from "../../port/host.ts";
import type { PlannedLanding } from "../../port/ticket-stage.ts";
import type { World } from "../../port/world.ts";

/** What a check sees: the world, the machine that it runs on, and what was read already. */
export interface Patient {
  readonly world: World;
  readonly host: Host;
  /** mos.yaml as it lies on disk now, where the caller has it. */
  readonly configFile?: Pick<ConfigFile, "load">;
  /** A landing that is about to be: its commit is looked at where main of its lane would be (D21). */
  readonly landing?: PlannedLanding;
  /** Reads once in a diagnosis what several checks need. */
  once<T>(key: string, read: () => Promise<T>): Promise<T>;
  /** Kept between the diagnoses of one process, by check. */
  readonly memory: Map<string, unknown>;
}

export type Finding =
  | { readonly ok: true; readonly reason: string }
  /** `domain`: a check of the workspace found it in that domain, whose trouble it is alone. */
  | { readonly ok: false; readonly reason: string; readonly fix: string; readonly domain?: string };

/** What came of a repair, or with `dryRun` what would; `undefined` when there is nothing that is safe to do. */
export interface RepairArgs {
  readonly dryRun: boolean;
}

interface Common {
  /** Stable: other programs, and tickets that mend it (`repairs:`), name it. */
  readonly id: string;
  /** What another worker's death leaves at any time: in a run it is cleared away when it is found, and looked at again. */
  readonly mendedInRuns?: true;
  /** Its repair also does what would be better, though nothing fails. */
  readonly improves?: true;
}

/** One of the nineteen. A check only looks; `repair` does what is safe without asking. */
export type DoctorCheck =
  | (Common & {
      readonly scope: "workspace";
      /** Changes when what the check looks at does: until then its last good finding holds, in the gate (D22). */
      fingerprint(patient: Patient): Promise<string>;
      examine(patient: Patient): Promise<Finding | readonly Finding[]>;
      repair?(patient: Patient, args: RepairArgs): Promise<string | undefined>;
    })
  | (Common & {
      readonly scope: "domain";
      fingerprint(patient: Patient, domain: Domain): Promise<string>;
      examine(patient: Patient, domain: Domain): Promise<Finding | readonly Finding[]>;
      repair?(patient: Patient, args: RepairArgs & { domain: Domain }): Promise<string | undefined>;
    });

const reasonCharsMax = 1000;

export function holds(reason: string): Finding {
  return { ok: true, reason };
}

export function fails(reason: string, fix: string, domain?: string): Finding & { ok: false } {
  const short = reason.length > reasonCharsMax ? `${reason.slice(0, reasonCharsMax - 2)} …` : reason;
  return { ok: false, reason: short, fix, ...(domain === undefined ? {} : { domain }) };
}

/** The failing ones; `otherwise` when there are none. */
export function failuresOf(findings: readonly (Finding | undefined)[], otherwise: string): readonly Finding[] {
  const failing = findings.flatMap((finding) => (finding && !finding.ok ? [finding] : []));
  return failing.length > 0 ? failing : [holds(otherwise)];
}

/** What failed while it was looked at. An error quotes what it met: of a sealed domain that is left to a terminal of the operator's. */
export function nameCause(domain: Pick<Domain, "name" | "sealed"> | undefined, cause: unknown): string {
  if (domain?.sealed) return `${domain.name} is sealed: git -C there, or mos wiki check --domain ${domain.name}, shows what it meets`;
  return cause instanceof Error ? cause.message : String(cause);
}

/** A few of many, for a reason. */
export function nameSome(all: readonly string[], max = 5): string {
  return all.length <= max ? all.join("; ") : `${all.slice(0, max).join("; ")} and ${all.length - max} more`;
}

/** For checks that cost no more than a fingerprint of their inputs would: they look each time. */
export function everyTime(): Promise<string> {
  looks += 1;
  return Promise.resolve(`look ${looks}`);
}
let looks = 0;

/** For checks whose inputs cost as much to fingerprint as to look at: a finding holds for this long. */
export function byMinute({ world }: Patient): Promise<string> {
  return Promise.resolve(String(Math.floor(world.clock.monotonicMs() / 60_000)));
}

/** The tips of a domain's repositories, and of nothing else. */
export async function byHeads(patient: Patient, domain: Domain): Promise<string> {
  const heads = await Promise.all(domain.repos.map((repo) => readTip(patient, repo)));
  return heads.join(" ");
}

/** Main of a lane, or what it would be; `undefined` where there is none. */
export async function readTip(patient: Patient, repo: RepoHandle): Promise<string | undefined> {
  if (patient.landing?.lane === repo.lane) return patient.landing.commit;
  return patient.once(`tip ${repo.path}`, async () =>
    (await isThere(patient, repo)) ? patient.world.git.at(repo.path).resolve(`refs/heads/${repo.branch}^{commit}`) : undefined,
  );
}

/** Whether the repository is one. Where it is not, check `repositories` says so, and the others leave it at that. */
export function isThere(patient: Patient, repo: RepoHandle): Promise<boolean> {
  return patient.once(`there ${repo.path}`, () => patient.world.git.isRepository(repo.path));
}

/** The common git folder. */
export function readGitDir(patient: Patient, repo: RepoHandle): Promise<string> {
  return patient.once(`git folder ${repo.path}`, () => patient.world.git.at(repo.path).gitDir());
}

export function allDomains({ workspace }: World): Domain[] {
  return [...workspace.domains, workspace.operator];
}
