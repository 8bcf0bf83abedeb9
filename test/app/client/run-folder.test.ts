import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { dropDeadRunFolders, makeRunFolder } from "../../../src/app/client/run-folder.ts";
import { makeTemporaryFolder } from "../../support/make-repository.ts";

let temporary: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  temporary = makeTemporaryFolder("mos-run-folder-");
  vi.stubEnv("TMPDIR", temporary.path);
});
afterEach(() => {
  vi.unstubAllEnvs();
  temporary.remove();
});

const workerOf = (pid: number) => ({ worker: { id: `host/${pid}/1`, pid, process: `boot/${pid}` } });
const isProcessAlive = ({ pid }: { pid: number }) => pid === 1;

test("S28: what a killed run of a client left is removed, that of a living one stays, and nothing else is touched", () => {
  const [alive, dead] = [makeRunFolder(workerOf(1)), makeRunFolder(workerOf(2))];
  expect(tmpdir()).toBe(temporary.path);
  expect([statSync(dead).mode & 0o777, JSON.parse(readFileSync(join(dead, "worker.json"), "utf8"))]).toEqual([
    0o700,
    { pid: 2, process: "boot/2" },
  ]);
  mkdirSync(join(dead, "conversation"));
  writeFileSync(join(dead, "conversation/said.jsonl"), "what an agent said\n");
  // Anybody may make a name there: no owner, a broken one, a link to what is ours.
  const other = join(temporary.path, "mos-other");
  mkdirSync(other);
  writeFileSync(join(other, "worker.json"), JSON.stringify({ pid: 2, process: "boot/2" }));
  mkdirSync(join(temporary.path, "mos-client-nobody"));
  mkdirSync(join(temporary.path, "mos-client-broken"));
  writeFileSync(join(temporary.path, "mos-client-broken/worker.json"), "{");
  symlinkSync(other, join(temporary.path, "mos-client-link"));
  writeFileSync(join(temporary.path, "mos-client-file"), "");
  expect(dropDeadRunFolders({ isProcessAlive })).toEqual([dead]);
  expect(
    [alive, dead, other, join(temporary.path, "mos-client-nobody"), join(other, "worker.json")].map((path) => existsSync(path)),
  ).toEqual([true, false, ...[true, true, true]]);
  expect(dropDeadRunFolders({ isProcessAlive })).toEqual([]);
});
