import { z } from "zod";
import { startRelayed } from "../../../app/relay-session.ts";
import { defineTool } from "../mcp-tool.ts";
import { Failing, showFailing } from "../show-failing.ts";
import { clip } from "../write-answer.ts";

export const startSessionTool = defineTool({
  name: "start_session",
  title: "Start or go on with the session",
  description:
    "Begins the workspace's session, or goes on with the open one: cleans up after crashes, runs the doctor, and briefs every domain " +
    "that has something new. Next: list_questions. May take a minute. Sealed domains are left to the operator's own terminal.",
  input: z.object({ again: z.boolean().default(false).describe("brief every domain, fresh or not") }),
  output: z.object({
    session: z.string(),
    briefed: z.array(z.string()),
    fresh: z.array(z.string()).describe("nothing new since their last brief"),
    failed: z.array(z.object({ domain: z.string(), reason: z.string() })),
    doctor: z.object({ grade: z.string(), passed: z.int(), total: z.int(), failing: z.array(Failing) }),
    questions: z.int().describe("that wait for the operator"),
    next: z.string(),
  }),
  readOnly: false,
  async run({ world, diagnose }, { again }) {
    const { session, scouted, skipped, failed, doctor, questions } = await startRelayed(world, { diagnose, again });
    const { grade, passed, total } = doctor;
    return {
      session,
      briefed: [...scouted],
      fresh: [...skipped],
      failed: failed.map(({ domain, reason }) => ({ domain, reason: clip(reason, 300) })),
      doctor: { grade, passed, total, failing: showFailing(doctor) },
      questions,
      next: questions > 0 ? "list_questions, put them to the operator, then decide" : "run_session works on what is ready and closes",
    };
  },
});
