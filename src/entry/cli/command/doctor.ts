import { resolve } from "node:path";
import { z } from "zod";
import { diagnose, type Repair, repair } from "../../../app/diagnose.ts";
import { readProofs, recordProofs } from "../../../app/prove/record-proofs.ts";
import { recordDiagnosis } from "../../../app/record-diagnosis.ts";
import { startAgents } from "../../../app/start-agents.ts";
import { withholdRepairs, withholdSealed } from "../../../app/withhold-sealed.ts";
import type { Diagnosis } from "../../../contract/doctor.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import type { LastProof, Proof } from "../../../contract/proof.ts";
import { type ClientName, clientNames } from "../../../port/agent-client.ts";
import type { World } from "../../../port/world.ts";
import type { OpenWorld } from "../../compose.ts";
import type { CommandContext } from "../command-context.ts";
import { type CommandResult, defineCommand } from "../command-row.ts";
import { formatLastProofs, formatProofs } from "../show/format-proofs.ts";
import type { Paint } from "../show/paint.ts";
import { stripControl } from "../show/strip-control.ts";
import { formatTable } from "../show/table.ts";

type Outcome = Diagnosis & {
  readonly repairs?: readonly Repair[];
  readonly proofs?: readonly Proof[];
  readonly provenBefore?: readonly LastProof[];
};

export const command = defineCommand({
  kind: "diagnosis",
  input: z.strictObject({
    fix: z.boolean().default(false),
    dryRun: z.boolean().default(false),
    prove: z.boolean().default(false),
    clients: z.array(z.string().min(1)).default([]),
    client: z.array(z.enum(clientNames)).default([]),
    way: z.array(z.string().min(1)).default([]),
  }),
  async run(context, { fix, dryRun, prove, ...asked }): Promise<CommandResult<Outcome>> {
    if (!prove && Object.values(asked).some((values) => values.length > 0)) throw withoutProve();
    const opened = await openOrExplain(context);
    if ("grade" in opened) return { data: opened, exit: exitCode.findings };
    const { world, host, configFile } = opened;
    const repairs = fix || dryRun ? await repair(world, { host, configFile, dryRun }) : undefined;
    const diagnosis = await diagnose(world, { host, configFile });
    const proofs = prove ? await proveHere(context, world, asked) : undefined;
    // A store that cannot be written is one of the findings: it must not hide the others.
    if (!dryRun) await recordDiagnosis(world, diagnosis).catch(() => undefined);
    const data = {
      ...(context.callerIsAgent ? withholdSealed(world.workspace, diagnosis) : diagnosis),
      ...(repairs === undefined ? {} : { repairs: context.callerIsAgent ? withholdRepairs(world.workspace, repairs) : repairs }),
      ...(proofs === undefined ? await tellBefore(world) : { proofs }),
    };
    const isProven = proofs === undefined || areProven(proofs);
    return { data, exit: diagnosis.grade === "A" && isProven ? exitCode.ok : exitCode.findings };
  },
  render: formatOutcome,
});

/** A store that cannot be read is another finding's. */
async function tellBefore(world: World): Promise<{ provenBefore?: LastProof[] }> {
  const proofs = await readProofs(world, clientNames).catch(() => []);
  if (proofs.length === 0) return {};
  const { judgeProofs } = await import("../../compose-proof.ts");
  const provenBefore = await judgeProofs(proofs).catch(() => []);
  return provenBefore.length === 0 ? {} : { provenBefore };
}

/** What is not there is named, and owes nothing; of what is there, all. */
function areProven(proofs: readonly Proof[]): boolean {
  const there = proofs.filter(({ state }) => state !== "absent");
  return there.length > 0 && there.every(({ state }) => state === "proven");
}

async function proveHere(
  context: CommandContext,
  world: World,
  { clients, client, way }: { clients: readonly string[]; client: readonly ClientName[]; way: readonly string[] },
): Promise<Proof[]> {
  const { proveInThrowaway } = await import("../../compose-proof.ts");
  const proofs = await startAgents(world, () =>
    proveInThrowaway({
      clients: client,
      folders: clients.map((folder) => resolve(context.cwd, folder)),
      ways: way,
      report: (text) => context.say(stripControl(text)),
      signal: context.signal,
    }),
  );
  if (way.length === 0) await recordProofs(world, proofs);
  return proofs;
}

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

function formatOutcome(outcome: Outcome, paint: Paint): string {
  const diagnosis = formatDiagnosis(outcome, paint);
  if (outcome.proofs !== undefined) return `${formatProofs(outcome.proofs, paint)}\n\n${diagnosis}`;
  return outcome.provenBefore === undefined ? diagnosis : `${diagnosis}\n\n${formatLastProofs(outcome.provenBefore, paint)}`;
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

function withoutProve(): MosError {
  return new MosError({
    code: "usage",
    message: "--clients, --client and --way say what --prove is to look at.",
    hint: "Add --prove.",
    exit: exitCode.usage,
  });
}
