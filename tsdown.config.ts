import { defineConfig } from "tsdown";

export default defineConfig({
  entry: { mos: "src/entry/cli/main.ts", chore: "src/entry/chore/main.ts" },
  format: "esm",
  platform: "node",
  target: "node20",
  outDir: "dist",
  clean: true,
  dts: false,
});
