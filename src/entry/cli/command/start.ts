import { resolve } from "node:path";
import { z } from "zod";
import { chooseInterviewer } from "../../../app/choose-interviewer.ts";
import { listQuestions, type TemplateResult } from "../../../app/list-questions.ts";
import { type SessionResult, startSession } from "../../../app/start-session.ts";
import { withholdSession } from "../../../app/withhold-sealed.ts";
import { exitCode, MosError } from "../../../contract/error.ts";
import { listOpenDomains } from "../../../core/workspace/list-open-domains.ts";
import { type CommandResult, defineCommand } from "../command-row.ts";
import { createTerminalInterviewer } from "../interview-terminal.ts";
import { formatSession } from "../show/format-session.ts";

export const command = defineCommand({
  kind: "session",
  input: z.strictObject({
    yes: z.boolean().default(false),
    answers: z.string().min(1).optional(),
    answersTemplate: z.string().min(1).optional(),
    maxParallel: z.coerce.number().int().min(1).max(64).optional(),
    again: z.boolean().default(false),
    distill: z.boolean().default(false),
  }),
  async run(
    context,
    { yes, answers, answersTemplate, maxParallel, again, distill },
  ): Promise<CommandResult<SessionResult | TemplateResult>> {
    refuseTogether({ "--yes": yes, "--answers": answers !== undefined, "--answers-template": answersTemplate !== undefined });
    const { world, diagnose } = await context.openWorkspace();
    if (answersTemplate !== undefined) {
      const file = resolve(context.cwd, answersTemplate);
      return { data: await listQuestions(await context.openView(), { again, file }) };
    }
    const interviewer = await chooseInterviewer({
      yes,
      person: createTerminalInterviewer(context),
      ...(answers === undefined ? {} : { answers: resolve(context.cwd, answers) }),
    });
    const data = await startSession(world, {
      interviewer,
      diagnose,
      again,
      distill,
      ...(maxParallel === undefined ? {} : { maxParallel }),
      ...(context.callerIsAgent ? { domains: listOpenDomains(world.workspace).map(({ name }) => name) } : {}),
    }).then((all) => (context.callerIsAgent ? withholdSession(world.workspace, all) : all));
    const waits = data.failed.length + data.paused.length > 0 || data.tickets.some(({ state }) => state === "blocked");
    const hasFindings = data.doctor.grade !== "A" || waits;
    return { data, exit: hasFindings ? exitCode.findings : exitCode.ok };
  },
  render: (data, paint) =>
    "file" in data
      ? `${data.questions} questions are in ${data.file}.\n${paint.dim("Next:")} answer them there, then mos start --answers ${data.file}`
      : formatSession(data, paint),
});

function refuseTogether(given: Readonly<Record<string, boolean>>): void {
  const names = Object.keys(given).filter((name) => given[name]);
  if (names.length < 2) return;
  throw new MosError({
    code: "usage",
    message: `${names.join(" and ")} exclude each other.`,
    hint: "Give one of them.",
    exit: exitCode.usage,
  });
}
