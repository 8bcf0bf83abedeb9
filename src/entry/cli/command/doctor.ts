import { z } from "zod";
import { diagnose, type Repair, repair } from "../../../app/diagnose.ts";
import { recordDiagnosis } from "../../../app/record-diagnosis.ts";
import { withholdSealed } from "../../../app/withhold-sealed.ts";
import type { Diagnosis } from "../../../contract/doctor.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import type { OpenWorld } from "../../compose.ts";
import type { CommandContext } from "../command-context.ts";
import { type CommandResult, defineCommand } from "../command-row.ts";
import type { Paint } from "../show/paint.ts";
import { stripControl } from "../show/strip-control.ts";
import { formatTable } from "../show/table.ts";

type Outcome = Diagnosis & { readonly repairs?: readonly Repair[] };

export const command = defineCommand({
  kind: "diagnosis",
  input: z.strictObject({ fix: z.boolean().default(false), dryRun: z.boolean().default(false), prove: z.boolean().default(false) }),
  async run(context, { fix, dryRun, prove }): Promise<CommandResult<Outcome>> {
    if (prove) throw notThereYet();
    const opened = await openOrExplain(context);
    if ("grade" in opened) return { data: opened, exit: exitCode.findings };
    const { world, host, configFile } = opened;
    const repairs = fix || dryRun ? await repair(world, { host, configFile, dryRun }) : undefined;
    const diagnosis = await diagnose(world, { host, configFile });
    // A store that cannot be written is one of the findings: it must not hide the others.
    if (!dryRun) await recordDiagnosis(world, diagnosis).catch(() => undefined);
    const data = {
      ...(context.callerIsAgent ? withholdSealed(world.workspace, diagnosis) : diagnosis),
      ...(repairs === undefined ? {} : { repairs }),
    };
    return { data, exit: diagnosis.grade === "A" ? exitCode.ok : exitCode.findings };
  },
  render: formatDiagnosis,
});

/** A workspace too broken to open is a diagnosis as well: the check that says so, and the rest not looked at. */
async function openOrExplain(context: CommandContext): Promise<OpenWorld | Diagnosis> {
  try {
    return await context.openWorkspace();
  } catch (error) {
    if (!(error instanceof MosError) || error.code === "no-workspace" || error.exit === exitCode.interrupted) throw error;
    const id = error.code.startsWith("store-") ? "store-integrity" : "configuration";
    return { grade: "F", passed: 0, total: 19, domains: {}, checks: [{ id, ok: false, reason: error.message, fix: error.hint }] };
  }
}

function formatDiagnosis({ grade, passed, total, domains, checks, repairs = [] }: Outcome, paint: Paint): string {
  const place = (domain: string | undefined) => (domain === undefined ? "" : ` ${paint.dim(`(${domain})`)}`);
  const lines = [
    ...repairs.map(({ id, domain, done }) => `${paint.cyan("✚")} ${id}${place(domain)}: ${stripControl(done)}`),
    ...checks.map(({ id, domain, ok, reason, fix }) =>
      ok
        ? `${paint.green("✔")} ${id} ${paint.dim(stripControl(reason))}`
        : `${paint.red("✖")} ${paint.bold(id)}${place(domain)}: ${stripControl(reason)}\n  ${paint.cyan("→")} ${stripControl(fix)}`,
    ),
    "",
    `${paint.bold(grade === "A" ? paint.green(grade) : paint.yellow(grade))}  ${passed} of ${total} checks hold`,
  ];
  const grades = Object.entries(domains).map(([name, letter]) => [
    name,
    { painted: letter === "A" ? paint.green(letter) : paint.yellow(letter) },
  ]);
  return `${lines.join("\n")}${grades.length === 0 ? "" : `\n${formatTable(grades)}`}`;
}

function notThereYet(): MosError {
  return new MosError({
    code: "usage",
    message: "mos doctor --prove is not there yet: it comes with the guards, in a later release.",
    hint: "Run mos doctor: it tries the sandbox itself.",
    exit: exitCode.usage,
  });
}
