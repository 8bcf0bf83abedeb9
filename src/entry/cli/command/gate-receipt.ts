import { z } from "zod";
import { showReceipt } from "../../../app/show-gate.ts";
import { defineCommand } from "../command-row.ts";
import { formatTable } from "../show/table.ts";

export const command = defineCommand({
  kind: "receipt",
  input: z.strictObject({ id: z.string().min(1) }),
  async run(context, { id }) {
    return { data: await showReceipt(await context.openWorld(), { id, among: await context.openView() }) };
  },
  render(receipt, paint) {
    const facts = [
      ["landed", `${receipt.tickets.join(", ")} on ${receipt.lane} at ${receipt.landedAt}`],
      ["commit", receipt.commit],
      ["tree", receipt.tree],
      ["base", receipt.base],
      ["gate", receipt.gateHash],
      ["log", receipt.logHead],
      ["doctor", `${receipt.doctor.grade} (${receipt.doctor.passed}/${receipt.doctor.total})`],
    ].map(([name, value]) => [{ painted: paint.dim(name as string) }, value as string]);
    const checks = receipt.checks.map(({ name, exitCode, ms, log }) => [
      { painted: exitCode === 0 ? paint.green("✔") : paint.red("✖") },
      name,
      `${Math.round(ms)} ms`,
      log,
    ]);
    return `${formatTable(facts)}\n\n${formatTable(checks)}`;
  },
});
