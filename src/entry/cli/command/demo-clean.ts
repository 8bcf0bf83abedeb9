import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";
import { cleanDemos } from "../../../app/clean-demo.ts";
import { defineCommand } from "../command-row.ts";

export const command = defineCommand({
  kind: "demo-clean",
  input: z.strictObject({ dir: z.string().min(1).optional() }),
  async run(context, { dir }) {
    const where = dir === undefined ? {} : { dir: resolve(context.cwd, dir) };
    return { data: await cleanDemos({ ...where, tempDir: tmpdir(), uid: process.getuid?.() }) };
  },
  render({ removed }, paint) {
    return removed.length === 0 ? "No demo workspace to remove." : removed.map((path) => `${paint.green("✔")} removed ${path}`).join("\n");
  },
});
