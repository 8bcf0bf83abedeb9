import { defineConfig } from "tsdown";
import { packHook } from "./src/entry/hook/pack-hook.mjs";

// Plain JavaScript, loaded as it is: the loader for TypeScript writes beside the packages, which a sandbox shows read-only.
const shared = {
  format: "esm",
  platform: "node",
  target: "node20",
  outDir: "dist",
  dts: false,
  // Packages in CommonJS ask for these; a module has them under other names.
  define: { __filename: "import.meta.filename", __dirname: "import.meta.dirname" },
};

export default defineConfig([
  { ...shared, entry: { mos: "src/entry/cli/main.ts", daemon: "src/entry/daemon/main.ts" }, clean: true },
  // One file with nothing beside it: it is mounted alone into the tool box.
  { ...shared, entry: { chore: "src/entry/chore/main.ts" }, clean: false, outputOptions: { codeSplitting: false } },
  // The library `master-os/policy`, with its types.
  { ...shared, entry: { policy: "src/entry/policy/index.ts" }, clean: false, dts: true },
  // Started for every tool call of every agent: one small file, and before it a script that asks the resident process.
  {
    ...shared,
    format: "cjs",
    entry: { "hook-program": "src/entry/hook/bundle.ts" },
    clean: false,
    minify: true,
    outputOptions: { codeSplitting: false },
    hooks: { "build:done": ({ options }) => packHook(options.outDir) },
  },
]);
