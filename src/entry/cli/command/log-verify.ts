import { resolve } from "node:path";
import { z } from "zod";
import { verifyCopies } from "../../../app/verify-copies.ts";
import { verifyLog } from "../../../app/verify-log.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { countOf } from "../../../core/text/count-of.ts";
import { isOfOpenDomain } from "../../../core/workspace/is-of-open-domain.ts";
import { defineCommand } from "../command-row.ts";
import { stripControl } from "../show/strip-control.ts";

const findingsShown = 50;

export const command = defineCommand({
  kind: "log-verification",
  input: z.strictObject({
    log: z.string().min(1).optional(),
    repo: z.array(z.string().min(1)).default([]),
    baseline: z.array(z.string().min(1)).default([]),
  }),
  async run(context, { log, repo, baseline }) {
    if (log === undefined) {
      if (repo.length + baseline.length > 0) throw needsLog();
      const all = await verifyLog(await context.openWorld());
      const { workspace } = await context.openView();
      const isShown = ({ lane }: { lane: string }) => !context.callerIsAgent || isOfOpenDomain(workspace, { domain: lane.split("/")[0] });
      const data = { ...all, findings: all.findings.filter(isShown), unread: all.unread.filter(isShown) };
      return { data, exit: data.ok ? exitCode.ok : exitCode.failure };
    }
    const { git } = await context.openTools();
    const data = await verifyCopies(git, { log: resolve(context.cwd, log), repos: repo, baselines: baseline, cwd: context.cwd });
    return { data, exit: data.ok ? exitCode.ok : exitCode.failure };
  },
  render({ ok, events, commits, receipts, brokenAt, head, findings, unread, unasked }, paint) {
    const whole = `${countOf(events, "event")}, one chain, and ${countOf(commits, "commit")} of main that their receipts (${receipts}), the log and git agree on`;
    const lines = [
      ok ? `${paint.green("✔")} ${whole}; the log's head is ${head.slice(0, 12)}.` : "",
      brokenAt === undefined ? "" : `${paint.red("✖")} The chain of ${events} events is broken at event ${brokenAt}.`,
      ...findings
        .slice(0, findingsShown)
        .flatMap(({ lane, commit, problem, reason, remedy }) => [
          `${paint.red("✖")} ${stripControl(`${lane} ${commit.slice(0, 12)}: ${problem}: ${reason}`)}`,
          `  ${paint.cyan("→")} ${stripControl(remedy)}`,
        ]),
      findings.length > findingsShown ? `… and ${findings.length - findingsShown} more: --json shows all.` : "",
      ...unread.map(({ lane, reason }) => `${paint.red("✖")} ${lane}: it cannot be read: ${stripControl(reason)}`),
      ...(unasked ?? []).map((lane) => `${paint.yellow("!")} ${stripControl(lane)}: not looked at; give its copy with --repo.`),
      brokenAt === undefined
        ? ""
        : `${paint.cyan("→")} Something other than mos wrote to the store: restore .mos/store.db from a backup, then run mos doctor.`,
    ];
    return lines.filter((line) => line !== "").join("\n");
  },
});

function needsLog(): MosError {
  return new MosError({
    code: "log-missing",
    message: "--repo and --baseline are for copies, and there is no copy of the log to hold them against.",
    hint: "Make one in the workspace with mos log export FILE, then: mos log verify --log FILE --repo DIR",
    exit: exitCode.usage,
  });
}
