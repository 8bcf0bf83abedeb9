// Builds bench/main.ts and runs it: `npm run bench [-- NAME…]`. Node 20 runs no TypeScript.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "tsdown";

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "mos-bench-"));
// As deep as the tests' support, which looks for the program two folders up.
const outDir = join(folder, "test/support");
try {
  // What is measured is what ships.
  const built = spawnSync(process.execPath, ["node_modules/tsdown/dist/run.mjs", "--config-loader", "native", "--logLevel", "error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (built.status !== 0) throw new Error("the program could not be built");
  await build({
    config: false,
    cwd: root,
    entry: { main: "bench/main.ts", "count-schedule": "bench/schedule/count-schedule.ts" },
    outDir,
    format: "esm",
    platform: "node",
    target: "node20",
    clean: false,
    dts: false,
    logLevel: "error",
  });
  for (const name of ["node_modules", "dist"]) symlinkSync(join(root, name), join(folder, name));
  const { status } = spawnSync(process.execPath, [join(outDir, "main.mjs"), ...process.argv.slice(2)], { stdio: "inherit", cwd: root });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
