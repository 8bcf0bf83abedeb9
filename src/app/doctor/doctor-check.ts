import type { Domain } from "../../contract/config.ts";
import type { Host } from "../../port/host.ts";
import type { World } from "../../port/world.ts";

/** What a check sees: the world, and the machine that it runs on. */
export interface Patient {
  readonly world: World;
  readonly host: Host;
}

export type Finding =
  | { readonly ok: true; readonly reason: string }
  | { readonly ok: false; readonly reason: string; readonly fix: string };

interface Common {
  /** Stable: other programs, and tickets that mend it (`repairs:`), name it. */
  readonly id: string;
}

/** One of the nineteen. A check only looks; `repair` does what is safe without asking, and says what it did. */
export type DoctorCheck =
  | (Common & {
      readonly scope: "workspace";
      /** Changes when what the check looks at does: until then its last finding holds, in the gate (D20). */
      fingerprint(patient: Patient): Promise<string>;
      examine(patient: Patient): Promise<Finding>;
      repair?(patient: Patient): Promise<string | undefined>;
    })
  | (Common & {
      readonly scope: "domain";
      fingerprint(patient: Patient, domain: Domain): Promise<string>;
      examine(patient: Patient, domain: Domain): Promise<Finding>;
      repair?(patient: Patient, domain: Domain): Promise<string | undefined>;
    });

export function holds(reason: string): Finding {
  return { ok: true, reason };
}

export function fails(reason: string, fix: string): Finding {
  return { ok: false, reason: reason.slice(0, 1000), fix };
}

/** For checks whose inputs cost as much to fingerprint as to look at: a finding holds for this long. */
export function byMinute({ world }: Patient): Promise<string> {
  return Promise.resolve(String(Math.floor(world.clock.monotonicMs() / 60_000)));
}

/** The tips of a domain's repositories, and of nothing else. */
export async function byHeads({ world }: Patient, domain: Domain): Promise<string> {
  const heads = await Promise.all(domain.repos.map((repo) => world.git.at(repo.path).resolve(`refs/heads/${repo.branch}`)));
  return heads.join(" ");
}
