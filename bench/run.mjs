// Builds bench/main.ts and runs it: `npm run bench [-- NAME…]`. Node 20 runs no TypeScript.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "tsdown";

const root = resolve(import.meta.dirname, "..");
const outDir = mkdtempSync(join(tmpdir(), "mos-bench-"));
try {
  await build({
    config: false,
    cwd: root,
    entry: ["bench/main.ts"],
    outDir,
    format: "esm",
    platform: "node",
    target: "node20",
    clean: false,
    dts: false,
    logLevel: "error",
  });
  symlinkSync(join(root, "node_modules"), join(outDir, "node_modules"));
  const { status } = spawnSync(process.execPath, [join(outDir, "main.mjs"), ...process.argv.slice(2)], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  rmSync(outDir, { recursive: true, force: true });
}
