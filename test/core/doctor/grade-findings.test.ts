import { expect, test } from "vitest";
import type { CheckResult } from "../../../src/contract/doctor.ts";
import { gradeFindings } from "../../../src/core/doctor/grade-findings.ts";
import { findObjection, mayRun } from "../../../src/core/doctor/judge-cure.ts";

const fine = (id: string, domain?: string): CheckResult => ({ id, ...(domain ? { domain } : {}), ok: true, reason: "", fix: "" });
const bad = (id: string, domain?: string): CheckResult => ({ ...fine(id, domain), ok: false, reason: `${id} is ill`, fix: "cure it" });
const ids = Array.from({ length: 19 }, (_, index) => `check-${index}`);

test.each([
  [0, "A"],
  [1, "B"],
  [2, "B"],
  [3, "C"],
  [4, "C"],
  [5, "D"],
  [7, "D"],
  [8, "F"],
  [19, "F"],
])("D20: %i failing checks are a grade of %s", (count, grade) => {
  const found = gradeFindings(
    ids.map((id, index) => (index < count ? bad(id) : fine(id))),
    ["music"],
  );
  expect(found).toMatchObject({ grade, passed: 19 - count, total: 19, domains: { music: grade } });
});

test("D20: a broken store or log is an F by itself", () => {
  for (const id of ["store-integrity", "log-chain"]) expect(gradeFindings([bad(id)], ["music"])).toMatchObject({ grade: "F", passed: 18 });
});

test("D20: a domain's trouble is its own; the workspace's is everybody's; the grade of all is the worst", () => {
  const own = gradeFindings([fine("wiki", "music"), bad("wiki", "jobs"), bad("gate", "jobs"), bad("strays", "jobs")], ["music", "jobs"]);
  expect(own).toMatchObject({ grade: "C", passed: 16, domains: { music: "A", jobs: "C" } });
  const all = gradeFindings([bad("leases"), fine("wiki", "music"), bad("wiki", "jobs")], ["music", "jobs"]);
  expect(all).toMatchObject({ grade: "B", passed: 17, domains: { music: "B", jobs: "B" } });
});

test("D20: what is left of a domain that is none any more holds no other back, and counts for the grade of all", () => {
  const found = gradeFindings([bad("strays", "gone"), fine("wiki", "music")], ["music"]);
  expect(found).toMatchObject({ grade: "B", passed: 18, domains: { music: "A" }, checks: [{ id: "strays", domain: "gone" }, {}] });
});

test("D20: a check that fails in two domains is one of nineteen, and a line for each", () => {
  const found = gradeFindings([bad("wiki", "music"), bad("wiki", "jobs"), fine("gate", "music"), fine("gate", "jobs")], ["music", "jobs"]);
  expect(found.passed).toBe(18);
  expect(found.checks.map((check) => [check.id, check.domain, check.ok])).toEqual([
    ["wiki", "music", false],
    ["wiki", "jobs", false],
    ["gate", undefined, true],
  ]);
});

test("D21: below A only a ticket runs that names what fails in its domain, or in the workspace", () => {
  const found = gradeFindings([bad("wiki", "music"), fine("wiki", "jobs"), fine("gate", "music")], ["music", "jobs"]);
  expect(mayRun({ domain: "music" }, found)).toBe(false);
  expect(mayRun({ domain: "music", repairs: "gate" }, found)).toBe(false);
  expect(mayRun({ domain: "music", repairs: "nothing-at-all" }, found)).toBe(false);
  expect(mayRun({ domain: "music", repairs: "wiki" }, found)).toBe(true);
  expect(mayRun({ domain: "jobs" }, found)).toBe(true);
  const everywhere = gradeFindings([bad("strays")], ["music"]);
  expect(mayRun({ domain: "music" }, everywhere)).toBe(false);
  expect(mayRun({ domain: "music", repairs: "strays" }, everywhere)).toBe(true);
});

test("D21: what does not mend what it names does not land; what does, lands though another check fails", () => {
  const after = gradeFindings([bad("wiki", "music"), bad("gate", "music")], ["music"]);
  expect(findObjection({ domain: "music" }, after)?.id).toBe("wiki");
  expect(findObjection({ domain: "music", repairs: "gate" }, after)?.id).toBe("gate");
  expect(findObjection({ domain: "music", repairs: "receipts" }, after)).toBeUndefined();
  expect(findObjection({ domain: "music" }, gradeFindings([fine("wiki", "music")], ["music"]))).toBeUndefined();
});
