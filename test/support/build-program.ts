import { existsSync } from "node:fs";
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
  const folder = await mkdtemp(join(tmpdir(), "mos-program-"));
  const outDir = join(folder, "dist");
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
  // As in the package: what is shipped lies beside dist/.
  for (const name of ["node_modules", "playbook", "demo", "package.json"]) await symlink(join(root, name), join(folder, name));
  if (!existsSync(join(outDir, "chore.mjs"))) await symlink(join(root, "dist/chore.mjs"), join(outDir, "chore.mjs"));
  return { file: join(outDir, basename(source).replace(/\.ts$/, ".mjs")), remove: () => rm(folder, { recursive: true, force: true }) };
}
