import type { Workspace } from "../contract/config.ts";
import type { Diagnosis } from "../contract/doctor.ts";
import { mentionsSealed } from "../core/workspace/mentions-sealed.ts";

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
