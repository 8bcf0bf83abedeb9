import type { CheckResult, Diagnosis } from "../../contract/doctor.ts";
import type { Ticket } from "../../contract/ticket.ts";

type Cure = Pick<Ticket, "domain" | "repairs">;

/** Whether a ticket may be taken (D21): its domain is at A, or it says that it mends what fails there. */
export function mayRun(ticket: Cure, diagnosis: Diagnosis): boolean {
  if ((diagnosis.domains[ticket.domain] ?? diagnosis.grade) === "A") return true;
  return failuresFor(ticket, diagnosis).some((check) => check.id === ticket.repairs);
}

/**
 * What keeps a tested change from landing (D21); `undefined` when nothing does. A cure lands when the check that it names
 * holds afterwards, also where others still fail: each of them has a cure of its own.
 *
 * @param after  graded for the state that the landing would leave
 */
export function findObjection(ticket: Cure, after: Diagnosis): CheckResult | undefined {
  const failing = failuresFor(ticket, after);
  return ticket.repairs === undefined ? failing[0] : failing.find((check) => check.id === ticket.repairs);
}

function failuresFor({ domain }: Cure, { checks }: Diagnosis): CheckResult[] {
  return checks.filter((check) => !check.ok && (check.domain === undefined || check.domain === domain));
}
