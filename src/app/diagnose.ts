import type { Domain } from "../contract/config.ts";
import type { CheckResult, Diagnosis } from "../contract/doctor.ts";
import { gradeFindings } from "../core/doctor/grade-findings.ts";
import type { Host } from "../port/host.ts";
import type { World } from "../port/world.ts";
import { doctorChecks } from "./doctor/checks.ts";
import { type DoctorCheck, type Finding, fails, type Patient } from "./doctor/doctor-check.ts";
import type { Diagnose } from "./run-tickets.ts";

/** The last good finding of each check at each place, with the fingerprint that it was taken for. */
type Known = Map<string, { print: string; finding: Finding }>;

/**
 * The doctor: nineteen checks over the workspace and the domains, graded. A check that throws fails, with its words: what
 * cannot be decided is not healthy. Looks only; may be repeated.
 *
 * @param known  kept between calls: in a gate a check runs again only where the fingerprint of its inputs changed
 */
export async function diagnose(world: World, args: { host: Host; domains?: readonly string[]; known?: Known }): Promise<Diagnosis> {
  const patient: Patient = { world, host: args.host };
  const domains = chooseDomains(world, args.domains);
  const results = await Promise.all(
    doctorChecks.flatMap((check) => placesOf(check, domains).map((domain) => examine(patient, check, domain, args.known))),
  );
  return gradeFindings(
    results,
    domains.map((domain) => domain.name),
  );
}

/** A doctor that remembers: for runs and gates. */
export function createDiagnose(host: Host): Diagnose {
  const known = new Map() as Known;
  return (world, { domains }) => diagnose(world, { host, known, ...(domains ? { domains } : {}) });
}

export interface Repair {
  readonly id: string;
  readonly domain?: string;
  readonly done: string;
}

/** Does what is safe without asking for each check that fails; with `dryRun` it only says which have a repair. */
export async function repair(world: World, args: { host: Host; dryRun: boolean }): Promise<Repair[]> {
  const patient: Patient = { world, host: args.host };
  const { checks } = await diagnose(world, args);
  const done: Repair[] = [];
  for (const result of checks.filter((one) => !one.ok)) {
    const check = doctorChecks.find((one) => one.id === result.id);
    const domain = chooseDomains(world, undefined).find((one) => one.name === result.domain);
    if (!check?.repair) continue;
    const place = domain ? { domain: domain.name } : {};
    if (args.dryRun) done.push({ id: check.id, ...place, done: `would repair: ${result.reason}` });
    else {
      const text = check.scope === "workspace" ? await check.repair(patient) : domain && (await check.repair?.(patient, domain));
      if (text) done.push({ id: check.id, ...place, done: text });
    }
  }
  return done;
}

function chooseDomains(world: World, names: readonly string[] | undefined): Domain[] {
  const all = [...world.workspace.domains, world.workspace.operator];
  return names === undefined ? all : all.filter((domain) => names.includes(domain.name));
}

function placesOf(check: DoctorCheck, domains: readonly Domain[]): (Domain | undefined)[] {
  return check.scope === "workspace" ? [undefined] : [...domains];
}

async function examine(patient: Patient, check: DoctorCheck, domain: Domain | undefined, known: Known | undefined): Promise<CheckResult> {
  const place = domain ? { domain: domain.name } : {};
  const key = `${check.id}/${domain?.name ?? ""}`;
  try {
    const print =
      known && key + (check.scope === "workspace" ? await check.fingerprint(patient) : await check.fingerprint(patient, domain as Domain));
    const before = known?.get(key);
    const same = before !== undefined && before.print === print;
    const finding = same
      ? before.finding
      : check.scope === "workspace"
        ? await check.examine(patient)
        : await check.examine(patient, domain as Domain);
    if (print !== undefined && finding.ok) known?.set(key, { print, finding });
    return { id: check.id, ...place, ok: finding.ok, reason: finding.reason, fix: finding.ok ? "" : finding.fix };
  } catch (cause) {
    const finding = fails(
      `it could not be looked at: ${cause instanceof Error ? cause.message : String(cause)}`,
      "Mend what the message names, then run mos doctor again.",
    );
    return { id: check.id, ...place, ok: false, reason: finding.reason, fix: "Mend what the message names, then run mos doctor again." };
  }
}
