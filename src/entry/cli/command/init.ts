import { resolve } from "node:path";
import { z } from "zod";
import { applyInit, planInit } from "../../../app/init-workspace.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { defineCommand } from "../command-row.ts";
import { formatFiles } from "../show/format-files.ts";

export const command = defineCommand({
  kind: "workspace",
  input: z.strictObject({ dir: z.string().min(1), yes: z.boolean().default(false), dryRun: z.boolean().default(false) }),
  async run(context, { dir, yes, dryRun }) {
    const { git } = await context.openTools();
    const plan = await planInit({ git, dir: resolve(context.cwd, dir) });
    const files = plan.files.map(({ path }) => path);
    context.say(`The files of a workspace in ${plan.root}:\n\n${formatFiles(plan.files)}\n`);
    if (dryRun) return { data: { root: plan.root, files, made: false } };
    if (!yes && !(await context.ask.confirm({ question: "Make the workspace?", instead: "--yes" }))) throw notMade();
    await applyInit({ git, plan });
    return { data: { root: plan.root, files, made: true } };
  },
  render: ({ root, files, made }, paint) =>
    made
      ? `${paint.green("✔")} ${root} is a workspace (${files.length} files).\n${paint.dim("Next:")} cd ${quoteWord(root)} && mos domain add NAME --path REPO`
      : "Nothing was written.",
});

function quoteWord(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function notMade(): MosError {
  return new MosError({
    code: "declined",
    message: "Nothing was written.",
    hint: "Run it again when you want the workspace.",
    exit: exitCode.failure,
  });
}
