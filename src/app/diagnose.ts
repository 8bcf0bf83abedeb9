import PQueue from "p-queue";
import type { Domain } from "../contract/config.ts";
import type { CheckResult, Diagnosis } from "../contract/doctor.ts";
import { gradeFindings } from "../core/doctor/grade-findings.ts";
import type { ConfigFile } from "../port/config-file.ts";
import type { Host } from "../port/host.ts";
import type { PlannedLanding } from "../port/ticket-stage.ts";
import type { World } from "../port/world.ts";
import { doctorChecks } from "./doctor/checks.ts";
import { allDomains, type DoctorCheck, type Finding, fails, holds, nameCause, type Patient } from "./doctor/doctor-check.ts";
import type { Diagnose } from "./run-tickets.ts";

/** The last good findings of each check at each place, with the fingerprint that they were taken for; and what checks keep. */
export interface Known {
  readonly findings: Map<string, { readonly print: string; readonly findings: readonly Finding[] }>;
  readonly memory: Map<string, unknown>;
}

export interface DiagnoseArgs {
  readonly host: Host;
  readonly configFile?: Pick<ConfigFile, "load">;
  /** These domains with the workspace's own checks; default all. */
  readonly domains?: readonly string[];
  /** Grades the state that this landing would leave. */
  readonly landing?: PlannedLanding;
  /** Kept between calls: in a gate a check runs again only where the fingerprint of its inputs changed. */
  readonly known?: Known;
  /** Clears away what a worker's death left, where that is what a check fails for. */
  readonly mend?: boolean;
  readonly checks?: readonly DoctorCheck[];
  readonly checkMsMax?: number;
}

/** A check that takes longer cannot look, and fails. */
const checkMsMax = 30_000;
const checksAtOnce = 8;

/**
 * The doctor: nineteen checks over the workspace and the domains, graded. A check that throws or hangs fails by its name:
 * what cannot be decided is not healthy. Looks only, but for `mend`; may be repeated.
 */
export async function diagnose(world: World, args: DiagnoseArgs): Promise<Diagnosis> {
  const patient = seePatient(world, args);
  const domains = chooseDomains(world, args.domains);
  const queue = new PQueue({ concurrency: checksAtOnce });
  const results = await queue.addAll(
    (args.checks ?? doctorChecks).flatMap((check) => placesOf(check, domains).map((place) => () => look(patient, check, place, args))),
  );
  world.signal.throwIfAborted();
  const names = domains.map((domain) => domain.name);
  const apart = args.domains === undefined ? results.flat() : results.flat().filter((one) => !one.domain || names.includes(one.domain));
  return gradeFindings(apart, names);
}

/** A doctor that remembers, and that clears away after workers that die meanwhile: for runs and gates. */
export function createDiagnose(host: Host, configFile?: Pick<ConfigFile, "load">): Diagnose {
  const known: Known = { findings: new Map(), memory: new Map() };
  return (world, args) => diagnose(world, { ...args, host, known, mend: true, ...(configFile ? { configFile } : {}) });
}

export interface Repair {
  readonly id: string;
  readonly domain?: string;
  readonly done: string;
}

/** Does what is safe without asking for each check that fails; with `dryRun` it only says what it would do. */
export async function repair(world: World, args: Omit<DiagnoseArgs, "landing" | "mend"> & { dryRun: boolean }): Promise<Repair[]> {
  const failing = (await diagnose(world, args)).checks.filter((result) => !result.ok);
  const done: Repair[] = [];
  for (const check of args.checks ?? doctorChecks) {
    const own = failing.filter((result) => result.id === check.id);
    if (!check.repair) continue;
    for (const domain of placesToMend(world, args, check, own)) {
      const text = await repairOne(seePatient(world, args), check, domain, args.dryRun);
      if (text) done.push({ id: check.id, ...(domain === undefined ? {} : { domain }), done: text });
    }
  }
  return done;
}

function placesToMend(world: World, args: DiagnoseArgs, check: DoctorCheck, failing: readonly CheckResult[]): (string | undefined)[] {
  if (check.improves) return placesOf(check, chooseDomains(world, args.domains)).map((place) => place?.name);
  if (failing.length === 0) return [];
  return check.scope === "workspace" ? [undefined] : [...new Set(failing.map((result) => result.domain))];
}

async function repairOne(patient: Patient, check: DoctorCheck, name: string | undefined, dryRun: boolean): Promise<string | undefined> {
  try {
    if (check.scope === "workspace") return await check.repair?.(patient, { dryRun });
    const domain = allDomains(patient.world).find((one) => one.name === name);
    return domain && (await check.repair?.(patient, { dryRun, domain }));
  } catch (cause) {
    patient.world.signal.throwIfAborted();
    return `could not be mended: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

function seePatient(world: World, args: DiagnoseArgs): Patient {
  const { host, configFile, landing } = args;
  const read = new Map<string, Promise<unknown>>();
  return {
    world,
    host,
    ...(configFile ? { configFile } : {}),
    ...(landing ? { landing } : {}),
    once: <T>(key: string, make: () => Promise<T>) => {
      const made = read.get(key) ?? make();
      read.set(key, made);
      return made as Promise<T>;
    },
    memory: args.known?.memory ?? new Map(),
  };
}

function chooseDomains(world: World, names: readonly string[] | undefined): Domain[] {
  return allDomains(world).filter((domain) => names?.includes(domain.name) ?? true);
}

type Place = Domain | undefined;

function placesOf(check: DoctorCheck, domains: readonly Domain[]): Place[] {
  return check.scope === "workspace" ? [undefined] : [...domains];
}

/** One check at one place, within its time. */
async function look(patient: Patient, check: DoctorCheck, place: Place, args: DiagnoseArgs): Promise<CheckResult[]> {
  const limitMs = args.checkMsMax ?? checkMsMax;
  const ended = new AbortController();
  const late = patient.world.clock
    .sleep(limitMs, ended.signal)
    .then(() => [fails(`it did not end within ${limitMs / 1000} s`, "See what keeps the disk or git busy, then run mos doctor again.")]);
  try {
    const findings = await Promise.race([examineWithMend(patient, check, place, args), late]);
    return findings.map((finding) => toResult(check, place, finding));
  } catch (cause) {
    const reason = `it could not be looked at: ${nameCause(place, cause)}`;
    return [toResult(check, place, fails(reason, "Mend what the message names, then run mos doctor again."))];
  } finally {
    ended.abort();
  }
}

function toResult(check: DoctorCheck, place: Place, finding: Finding): CheckResult {
  const domain = place?.name ?? (finding.ok ? undefined : finding.domain);
  const { id } = check;
  return { id, ...(domain === undefined ? {} : { domain }), ok: finding.ok, reason: finding.reason, fix: finding.ok ? "" : finding.fix };
}

async function examineWithMend(patient: Patient, check: DoctorCheck, place: Place, args: DiagnoseArgs): Promise<readonly Finding[]> {
  const findings = await examineWhenNew(patient, check, place, args.known);
  if (!args.mend || !check.mendedInRuns || findings.every((finding) => finding.ok)) return findings;
  if (check.scope === "workspace") await check.repair?.(patient, { dryRun: false });
  else if (place) await check.repair?.(patient, { dryRun: false, domain: place });
  return examine(patient, check, place);
}

async function examineWhenNew(patient: Patient, check: DoctorCheck, place: Place, known: Known | undefined): Promise<readonly Finding[]> {
  if (!known) return examine(patient, check, place);
  const key = `${check.id}/${place?.name ?? ""}`;
  // Inputs of which no fingerprint can be had are looked at: the check itself says best what is wrong with them.
  const print = await fingerprintOf(patient, check, place).catch(() => undefined);
  const before = known.findings.get(key);
  if (print !== undefined && before?.print === print) return before.findings;
  const findings = await examine(patient, check, place);
  if (print !== undefined && findings.every((finding) => finding.ok)) known.findings.set(key, { print, findings });
  return findings;
}

function fingerprintOf(patient: Patient, check: DoctorCheck, place: Place): Promise<string> {
  if (check.scope === "workspace") return check.fingerprint(patient);
  return place ? check.fingerprint(patient, place) : Promise.resolve("");
}

async function examine(patient: Patient, check: DoctorCheck, place: Place): Promise<readonly Finding[]> {
  const found = check.scope === "workspace" ? check.examine(patient) : place ? check.examine(patient, place) : holds("nowhere to look");
  const findings = await found;
  return "ok" in findings ? [findings] : findings;
}
