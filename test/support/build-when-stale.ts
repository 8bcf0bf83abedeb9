import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";

const root = join(import.meta.dirname, "../..");

/** Vitest's global set-up: tests that start the program get the one that the source says. */
export default function buildWhenStale(): void {
  const built = ["dist/mos.mjs", "dist/chore.mjs", "dist/daemon.mjs", "dist/hook.cjs", "dist/mos-hook"].map((path) => join(root, path));
  if (built.every(existsSync)) {
    const builtMs = Math.min(...built.map((path) => statSync(path).mtimeMs));
    const sources = globSync(["src/**/*.{ts,sh,mjs,cjs}", "package.json", "tsdown.config.mjs"], { cwd: root, absolute: true });
    if (sources.every((path) => statSync(path).mtimeMs <= builtMs)) return;
  }
  execFileSync(process.execPath, [join(root, "node_modules/tsdown/dist/run.mjs"), "--config-loader", "native"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
}
