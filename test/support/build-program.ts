import { mkdir, mkdtemp } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Bundles a TypeScript program of the tests into a file that `node` runs, and gives the file's path.
 * It lies under node_modules, so that the packages that stay outside the bundle are found; git ignores it there.
 */
export async function buildProgram(source: string): Promise<string> {
  const cache = join(root, "node_modules", ".cache", "mos-test");
  await mkdir(cache, { recursive: true });
  const outDir = await mkdtemp(join(cache, "program-"));
  await build({
    config: false,
    cwd: root,
    entry: [source],
    outDir,
    format: "esm",
    platform: "node",
    target: "node20",
    dts: false,
    logLevel: "error",
  });
  return join(outDir, basename(source).replace(/\.ts$/, ".mjs"));
}
