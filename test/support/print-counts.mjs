// Prints `N passed, N failed[, N skipped]` from vitest's JSON report and exits non-zero unless all is well:
// a file that could not be loaded and a runner that failed without a failed test each count as a failure.
import { readFileSync } from "node:fs";

const [file, runnerExit] = process.argv.slice(2);

export function countResults(report, exitCode) {
  const unloaded = report.testResults.filter((suite) => suite.status === "failed" && suite.assertionResults.length === 0).length;
  const failed = report.numFailedTests + unloaded;
  const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
  return { passed: report.numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped };
}

if (file) {
  let counts = { passed: 0, failed: 1, skipped: 0 };
  try {
    counts = countResults(JSON.parse(readFileSync(file, "utf8")), Number(runnerExit));
  } catch (error) {
    console.error(`no test report could be read: ${error.message}`);
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}`);
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}
