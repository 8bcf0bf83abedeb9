import type { CheckResult, Diagnosis, Grade } from "../../contract/doctor.ts";

export const checkCount = 19;

/** How many of the nineteen may fail for a grade; a broken store or log is an F whatever else holds. */
const gradeByFailures: readonly (readonly [failuresMax: number, grade: Grade])[] = [
  [0, "A"],
  [2, "B"],
  [4, "C"],
  [7, "D"],
];
const fatal = new Set(["store-integrity", "log-chain"]);

/**
 * The doctor's word (DESIGN section 10): a check passes when it holds everywhere it was looked at; a domain's grade is the
 * workspace's checks plus its own; the grade of all is the worst.
 *
 * @param results  one for each check and place; a check that was not looked at for a domain is not held against it
 */
export function gradeFindings(results: readonly CheckResult[], domains: readonly string[]): Diagnosis {
  const ids = [...new Set(results.map((result) => result.id))];
  const gradeOf = (own: readonly CheckResult[]): Grade => {
    const failed = new Set(own.filter((result) => !result.ok).map((result) => result.id));
    if ([...failed].some((id) => fatal.has(id))) return "F";
    return gradeByFailures.find(([failuresMax]) => failed.size <= failuresMax)?.[1] ?? "F";
  };
  const grades = Object.fromEntries(
    domains.map((name) => [name, gradeOf(results.filter((one) => one.domain === undefined || one.domain === name))]),
  );
  // Held against a domain that is none (any more), and so against no other.
  const elsewhere = results.filter((one) => one.domain !== undefined && !domains.includes(one.domain));
  const failing = new Set(results.filter((result) => !result.ok).map((result) => result.id));
  return {
    grade: worstOf([gradeOf(results.filter((one) => one.domain === undefined)), gradeOf(elsewhere), ...Object.values(grades)]),
    passed: checkCount - failing.size,
    total: checkCount,
    domains: grades,
    checks: ids.flatMap((id) => summarize(results.filter((result) => result.id === id))),
  };
}

/** A check that holds everywhere is one line; one that does not is a line for each place where it fails. */
function summarize(own: readonly CheckResult[]): CheckResult[] {
  const failed = own.filter((result) => !result.ok);
  if (failed.length > 0) return failed;
  const [first] = own;
  return first ? [{ id: first.id, ok: true, reason: own.length === 1 ? first.reason : `holds in all ${own.length}`, fix: "" }] : [];
}

function worstOf(grades: readonly Grade[]): Grade {
  const order: readonly Grade[] = ["A", "B", "C", "D", "F"];
  return grades.reduce((worst, grade) => (order.indexOf(grade) > order.indexOf(worst) ? grade : worst), "A");
}
