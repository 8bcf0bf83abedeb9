import { MosError } from "../../contract/error.ts";
import { findGuardTarget, type GuardPlaces, type GuardScope } from "../../core/guard/guard-target.ts";
import type { AgentClientDriver, ClientFound, ClientName } from "../../port/agent-client.ts";
import { readTarget } from "./install-guards.ts";

/** What a client's guards are worth now, for runs that `mos` starts and for the operator's own sessions. */
export interface GuardStatus {
  readonly client: ClientName;
  readonly state: ClientFound["kind"];
  readonly version?: string;
  readonly program?: string;
  readonly measured: string;
  /** Started by `mos`: by settings of the run's own and the box. `unproven` where no real run was seen, `none` where it is not started. */
  readonly runs: "enforced" | "unproven" | "none";
  /** A session of the operator's own. */
  readonly sessions: "enforced" | "detected" | "none";
  readonly installed: readonly {
    readonly scope: GuardScope;
    readonly file: string;
    readonly state: "current" | "stale" | "unreadable" | "absent";
  }[];
  readonly reason: string;
  readonly fix?: string;
}

/** Asks each client once. Reads only. */
export async function showGuards(args: {
  drivers: readonly AgentClientDriver[];
  find: (driver: AgentClientDriver) => Promise<ClientFound>;
  places: GuardPlaces;
}): Promise<GuardStatus[]> {
  return Promise.all(args.drivers.map(async (driver) => showClient(driver, await args.find(driver), args.places)));
}

async function showClient(driver: AgentClientDriver, found: ClientFound, places: GuardPlaces): Promise<GuardStatus> {
  const installed = await Promise.all((["workspace", "managed"] as const).map((scope) => lookAt(driver.name, scope, places)));
  const there = installed.flatMap((one) => (one ? [one] : []));
  const named = there.filter(({ state }) => state !== "absent").map(({ scope, file, state }) => ({ scope, file, state }));
  const current = there.filter(({ state }) => state === "current");
  const wrong = named.find(({ state }) => state !== "current");
  const sessions = current.some(({ strength }) => strength === "enforced") ? "enforced" : current.length > 0 ? "detected" : "none";
  const again = `mos guard install${wrong?.scope === "managed" ? " --managed" : ""}`;
  const base = { client: driver.name, state: found.kind, measured: driver.measured.version, installed: named };
  if (found.kind === "absent") return { ...base, runs: "none", sessions, reason: "not installed here", fix: found.remedy };
  const program = { version: found.version, program: found.program };
  if (found.kind === "refused") return { ...base, ...program, runs: "none", sessions, reason: found.reason, fix: found.remedy };
  const runs = driver.measured.version === "none" ? "unproven" : "enforced";
  if (wrong) {
    const reason = wrong.state === "stale" ? `${wrong.file} is not as this version writes it` : `${wrong.file} cannot be understood`;
    return { ...base, ...program, runs, sessions, reason, fix: `Run: ${again}` };
  }
  return { ...base, ...program, runs, sessions, reason: driver.measured.holds };
}

async function lookAt(client: ClientName, scope: GuardScope, places: GuardPlaces) {
  const target = findGuardTarget(client, scope, places);
  if (!target) return undefined;
  const common = { scope, file: target.file, strength: target.strength };
  try {
    const changes = await readTarget(target);
    if (changes.length === 0) return { ...common, state: "current" as const };
    const settings = changes.find(({ file }) => file === target.file);
    const isOurs = settings === undefined || settings.before?.includes("mos-guard") || settings.before?.includes("mos-hook");
    return { ...common, state: isOurs ? ("stale" as const) : ("absent" as const) };
  } catch (error) {
    if (error instanceof MosError) return { ...common, state: "unreadable" as const };
    throw error;
  }
}
