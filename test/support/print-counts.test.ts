import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";

const script = join(import.meta.dirname, "print-counts.mjs");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mos-counts-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function count(report: object | string, runnerExit: number) {
  const file = join(folder, "report.json");
  await writeFile(file, typeof report === "string" ? report : JSON.stringify(report));
  const { exitCode, stdout } = await execa(process.execPath, [script, file, String(runnerExit)], { reject: false });
  return { exitCode, line: stdout };
}

const green = { numPassedTests: 12, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

test("the closing line tells what the runner reported", async () => {
  expect(await count(green, 0)).toEqual({ exitCode: 0, line: "12 passed, 0 failed" });
  expect(await count({ ...green, numPendingTests: 2 }, 0)).toEqual({ exitCode: 0, line: "12 passed, 0 failed, 2 skipped" });
  expect(await count({ ...green, numFailedTests: 3 }, 1)).toEqual({ exitCode: 1, line: "12 passed, 3 failed" });
});

test("a file that does not load, a runner that fails, no report and no test are failures", async () => {
  const unloaded = { ...green, testResults: [{ status: "failed", assertionResults: [] }] };
  expect(await count(unloaded, 1)).toEqual({ exitCode: 1, line: "12 passed, 1 failed" });
  expect(await count(green, 1)).toEqual({ exitCode: 1, line: "12 passed, 1 failed" });
  expect(await count("not json", 0)).toEqual({ exitCode: 1, line: "0 passed, 1 failed" });
  expect(await count({ ...green, numPassedTests: 0 }, 0)).toEqual({ exitCode: 1, line: "0 passed, 0 failed" });
});
