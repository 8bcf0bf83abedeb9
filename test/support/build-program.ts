import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsdown";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface BuiltProgram {
  /** What `node` runs. */
  readonly file: string;
  remove(): Promise<void>;
}

/**
 * Bundles a TypeScript program of the tests, named from the repository's root, into a temporary folder: Node 20 runs no
 * TypeScript. The packages that stay outside the bundle are found through a link; the checkout may be read-only.
 */
export async function buildProgram(source: string): Promise<BuiltProgram> {
  const outDir = await mkdtemp(join(tmpdir(), "mos-program-"));
  await build({
    config: false,
    cwd: root,
    entry: [source],
    outDir,
    format: "esm",
    platform: "node",
    target: "node20",
    clean: false,
    dts: false,
    logLevel: "error",
  });
  await symlink(join(root, "node_modules"), join(outDir, "node_modules"));
  return { file: join(outDir, basename(source).replace(/\.ts$/, ".mjs")), remove: () => rm(outDir, { recursive: true, force: true }) };
}
