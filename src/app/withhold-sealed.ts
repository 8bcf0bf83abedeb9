import type { Workspace } from "../contract/config.ts";
import type { Diagnosis } from "../contract/doctor.ts";
import { isOfOpenDomain } from "../core/workspace/is-of-open-domain.ts";
import { mentionsSealed } from "../core/workspace/mentions-sealed.ts";
import type { Repair } from "./diagnose.ts";
import type { GateStatus } from "./show-gate.ts";
import type { SessionResult } from "./start-session.ts";

/** What a sealed domain suffers from is told to the operator alone; that it does is no secret. */
export function withholdSealed(workspace: Pick<Workspace, "domains">, diagnosis: Diagnosis): Diagnosis {
  const sealed = new Set(workspace.domains.filter((domain) => domain.sealed).map((domain) => domain.name));
  const fix = "The operator sees it with mos doctor in a terminal of their own.";
  const known = new Set(Object.keys(diagnosis.domains));
  const checks = diagnosis.checks.map((check) => {
    // Whether one that is gone from mos.yaml was sealed nobody can say any more.
    if (check.domain !== undefined && !known.has(check.domain)) {
      const { domain: _unknown, ...rest } = check;
      return { ...rest, reason: "it has to do with a domain that mos.yaml does not have", fix };
    }
    if (check.domain !== undefined && sealed.has(check.domain)) return { ...check, reason: `${check.domain} is sealed`, fix };
    const speaks = mentionsSealed(workspace, `${check.reason}\n${check.fix}`);
    return speaks ? { ...check, reason: "it has to do with a sealed domain", fix: check.ok ? "" : fix } : check;
  });
  return { ...diagnosis, checks };
}

/** The same of what was mended. */
export function withholdRepairs(workspace: Pick<Workspace, "domains">, repairs: readonly Repair[]): Repair[] {
  return repairs.map(({ id, domain, done }) => {
    const isSealed = workspace.domains.some(({ sealed, name }) => sealed && name === domain);
    const told = isSealed || mentionsSealed(workspace, done) ? "something of a sealed domain" : done;
    return { id, ...(domain === undefined ? {} : { domain }), done: told };
  });
}

/** What was cleared away, by names that a sealed domain's lanes, slots and tickets have, and what broke off in a lane. */
export function withholdNames<T extends Readonly<Record<string, string | readonly (string | { readonly lane: string })[]>>>(
  workspace: Workspace,
  lists: T,
): T {
  const mayTell = (one: string | { readonly lane: string }) =>
    typeof one === "string" ? !mentionsSealed(workspace, one) : isOfOpenDomain(workspace, { domain: one.lane.split("/")[0] });
  const kept = Object.entries(lists).map(([key, value]) => [key, typeof value === "string" ? value : value.filter(mayTell)]);
  return Object.fromEntries(kept) as T;
}

/** The same of lanes and slots. Whether a lane that is gone was sealed nobody can say any more. */
export function withholdGate(workspace: Workspace, status: GateStatus): GateStatus {
  const isOpen = (name: string) => isOfOpenDomain(workspace, { domain: name.split("/")[0] });
  return {
    ...status,
    lanes: status.lanes.filter(({ lane }) => isOpen(lane)),
    gone: [],
    slots: status.slots.filter(({ id }) => isOpen(id)),
  };
}

/** The same of a session that an agent played: what a terminal asked or answered in it is not told. */
export function withholdSession(workspace: Workspace, session: SessionResult): SessionResult {
  const isOpen = (domain: string) => isOfOpenDomain(workspace, { domain });
  return {
    ...session,
    scouted: session.scouted.filter(isOpen),
    skipped: session.skipped.filter(isOpen),
    failed: session.failed.filter(({ domain }) => isOpen(domain)),
    decisions: session.decisions.filter(({ domain }) => isOpen(domain)),
    tickets: session.tickets.filter(({ id }) => isOfOpenDomain(workspace, { ticket: id })),
    paused: session.paused.filter(({ lane }) => isOpen(lane.split("/")[0] ?? "")),
  };
}
