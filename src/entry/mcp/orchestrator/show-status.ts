import { z } from "zod";
import { showStatus } from "../../../app/show-status.ts";
import { defineTool } from "../mcp-tool.ts";
import { clip } from "../write-answer.ts";

export const showStatusTool = defineTool({
  name: "show_status",
  title: "The workspace at a glance",
  description: "Tickets by domain and state, what runs, what is ready, open questions, the doctor's last grade.",
  input: z.object({}),
  output: z.object({
    domains: z.array(
      z.object({
        name: z.string(),
        grade: z.string().optional(),
        open: z.int(),
        blocked: z.int(),
        merged: z.int(),
        paused: z.array(z.string()),
        briefedAt: z.string().optional(),
      }),
    ),
    sealed: z.array(z.string()).describe("of these nothing is told here"),
    running: z.array(z.object({ ticket: z.string(), title: z.string() })),
    queue: z.array(z.object({ ticket: z.string(), title: z.string() })),
    queued: z.int(),
    questions: z.int(),
    review: z.int().describe("claims that wait for the operator's word in their terminal: mos review list"),
    modelCalls: z.int(),
    doctor: z.object({ grade: z.string(), passed: z.int(), total: z.int(), at: z.string() }).optional(),
  }),
  readOnly: true,
  async run({ world }) {
    const { domains, withheld = [], running, queue, questions, review, cost, doctor } = await showStatus(world, { operator: false });
    const line = ({ ticket, title }: { ticket: string; title: string }) => ({ ticket, title: clip(title, 100) });
    return {
      domains: domains.slice(0, 30).map(({ name, grade, tickets, paused, briefedAt }) => ({
        name,
        ...(grade === undefined ? {} : { grade }),
        open: tickets.draft + tickets.ready + tickets.in_progress + tickets.verifying,
        blocked: tickets.blocked,
        merged: tickets.merged,
        paused: paused.slice(0, 3).map(({ lane, reason }) => clip(`${lane}: ${reason}`, 120)),
        ...(briefedAt === undefined ? {} : { briefedAt }),
      })),
      sealed: withheld.slice(0, 30),
      running: running.slice(0, 10).map(line),
      queue: queue.slice(0, 10).map(line),
      queued: queue.length,
      questions,
      review,
      modelCalls: cost.modelCalls,
      ...(doctor === undefined ? {} : { doctor: { ...doctor } }),
    };
  },
});
