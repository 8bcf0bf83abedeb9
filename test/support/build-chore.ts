import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "tsdown";
import { makeTemporaryFolder } from "./make-repository.ts";

/** The chore program bundled as it ships, and a folder for PATH that holds it as `mos-chore`. */
export async function buildChore(): Promise<{ bin: string; remove: () => void }> {
  const folder = makeTemporaryFolder("mos-chore-build-");
  const outDir = join(folder.path, "dist");
  await build({
    config: false,
    entry: { chore: "src/entry/chore/main.ts" },
    format: "esm",
    platform: "node",
    target: "node20",
    outDir,
    dts: false,
    logLevel: "error",
    outputOptions: { codeSplitting: false },
  });
  const bin = join(folder.path, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "mos-chore"), `#!/bin/sh\nexec '${process.execPath}' '${join(outDir, "chore.mjs")}' "$@"\n`);
  chmodSync(join(bin, "mos-chore"), 0o755);
  return { bin, remove: folder.remove };
}
