// Builds attack/main.ts, and the program where that is stale, and runs it: `npm run attacks -- FILE`. Node 20 runs no TypeScript.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "tsdown";

const root = resolve(import.meta.dirname, "..");
// What is missing or stale is made aside and moved in: whoever runs from dist meanwhile goes on.
const ready = spawnSync("bash", [join(root, "run"), "mos", "--version"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
if (ready.status !== 0) process.exit(ready.status ?? 1);
const folder = mkdtempSync(join(tmpdir(), "mos-attacks-build-"));
try {
  mkdirSync(join(folder, "out"));
  await build({
    config: false,
    cwd: root,
    entry: ["attack/main.ts"],
    outDir: join(folder, "out"),
    format: "esm",
    platform: "node",
    target: "node20",
    clean: false,
    dts: false,
    logLevel: "error",
  });
  // As in the package: what is shipped lies beside it.
  for (const name of ["node_modules", "playbook", "dist", "package.json"]) symlinkSync(join(root, name), join(folder, name));
  symlinkSync(join(root, "dist/chore.mjs"), join(folder, "out/chore.mjs"));
  const { status } = spawnSync(process.execPath, [join(folder, "out/main.mjs"), ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, MOS_ATTACKS_PROGRAM: join(root, "dist/mos.mjs") },
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
