import { byHeads, type DoctorCheck } from "./doctor-check.ts";
import { judgeWiki } from "./wiki-problems.ts";

export const wikiPages: DoctorCheck = {
  id: "wiki",
  scope: "domain",
  fingerprint: byHeads,
  examine: (patient, domain) =>
    judgeWiki(patient, { domain, check: "wiki", kinds: ["front-matter", "link"], sound: "front matter and links" }),
};
