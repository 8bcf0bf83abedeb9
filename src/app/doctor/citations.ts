import { byHeads, type DoctorCheck } from "./doctor-check.ts";
import { judgeWiki } from "./wiki-problems.ts";

/** Every citation names something that exists. Stale and moved ones are findings of the scout, not failures (K4). */
export const citations: DoctorCheck = {
  id: "citations",
  scope: "domain",
  fingerprint: byHeads,
  examine: (patient, domain) =>
    judgeWiki(patient, { domain, check: "citations", kinds: ["citation-missing"], sound: "every source exists" }),
};
