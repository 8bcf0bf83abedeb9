import { z } from "zod";
import { workRelayed } from "../../../app/relay-session.ts";
import { runTickets } from "../../../app/run-tickets.ts";
import { MosError } from "../../../contract/error.ts";
import { listOpenDomains } from "../../../core/workspace/list-open-domains.ts";
import { defineTool, type ToolContext } from "../mcp-tool.ts";
import { clip } from "../write-answer.ts";

const listedMax = 60;

const Result = z.object({
  session: z.string().optional(),
  ended: z.boolean().describe("false: questions of sealed domains wait for the operator's own terminal (mos start)"),
  merged: z.array(z.string()),
  waiting: z.array(z.object({ id: z.string(), state: z.string(), for: z.string() })),
  unplanned: z
    .array(z.object({ domain: z.string(), question: z.string(), why: z.string() }))
    .optional()
    .describe("decided, but what was chosen could not be planned: nothing was filed"),
  left: z.int().describe("more that are not listed"),
  paused: z.array(z.object({ lane: z.string(), reason: z.string() })),
  distilled: z.object({ artifacts: z.int(), claims: z.int() }).optional(),
  doctor: z.object({ grade: z.string(), passed: z.int(), total: z.int() }),
  next: z.string(),
});

export const runSessionTool = defineTool({
  name: "run_session",
  title: "Plan, work, land, close",
  description:
    "Makes tickets of what was decided, has them worked on in sandboxes, verified, tested and landed, and closes the session. Without an " +
    "open session it works on what is ready. Takes minutes; nothing is lost when it is broken off: call it again. Refused while a question " +
    "is open.",
  input: z.object({
    distill: z.boolean().default(false).describe("distil what was learned into the wikis before the close"),
    maxParallel: z.int().min(1).max(64).optional().describe("tickets at once (default: as mos.yaml says)"),
  }),
  output: Result,
  readOnly: false,
  async run(context, { distill, maxParallel }) {
    const atOnce = maxParallel === undefined ? {} : { maxParallel };
    const args = { diagnose: context.diagnose, distill, ...atOnce };
    const worked = await workRelayed(context.world, args).catch((error: unknown) => {
      if (error instanceof MosError && error.code === "no-session") return undefined;
      throw error;
    });
    if (worked === undefined) return await runReady(context, atOnce);
    const { session, ended, tickets, paused, doctor, distilled, decisions } = worked;
    const merged = tickets.filter(({ state }) => state === "merged").map(({ id }) => id);
    const waiting = tickets.filter(({ state }) => state !== "merged");
    const unplanned = decisions.flatMap(({ domain, question, refused = [] }) =>
      refused.length === 0 ? [] : [{ domain, question: clip(question, 200), why: clip(refused.join("; "), 300) }],
    );
    return summarise({ session, ended, merged, waiting, unplanned, paused, doctor, ...(distilled ? { distilled } : {}) });
  },
});

async function runReady({ world, diagnose }: ToolContext, atOnce: { maxParallel?: number }): Promise<z.input<typeof Result>> {
  const domains = listOpenDomains(world.workspace).map(({ name }) => name);
  const { merged, blocked, paused } = await runTickets(world, { diagnose, domains, ...atOnce });
  const doctor = await diagnose(world, {});
  const tickets = await world.store.read((tx) => Promise.all(blocked.map((id) => tx.tickets.get(id))));
  const waiting = tickets.flatMap((ticket) =>
    ticket?.status.state === "blocked" ? [{ id: ticket.id, state: "blocked", causes: ticket.status.causes }] : [],
  );
  return summarise({ ended: true, merged, waiting, paused, doctor });
}

function summarise(run: {
  session?: string;
  ended: boolean;
  merged: readonly string[];
  waiting: readonly {
    readonly id: string;
    readonly state: string;
    readonly causes: readonly { readonly clears: string; readonly kind: string }[];
  }[];
  unplanned?: readonly { readonly domain: string; readonly question: string; readonly why: string }[];
  paused: readonly { readonly lane: string; readonly reason: string }[];
  doctor: { readonly grade: string; readonly passed: number; readonly total: number };
  distilled?: { readonly artifacts: number; readonly claims: number };
}): z.input<typeof Result> {
  const { session, ended, merged, waiting, unplanned = [], paused, doctor, distilled } = run;
  const shown = waiting.slice(0, listedMax / 3);
  return {
    ...(session === undefined ? {} : { session }),
    ended,
    merged: merged.slice(0, listedMax),
    waiting: shown.map(({ id, state, causes }) => ({
      id,
      state,
      for:
        state === "draft"
          ? "the operator releases it: mos ticket ready"
          : clip(causes.map(({ clears, kind }) => clears || kind).join("; "), 200),
    })),
    ...(unplanned.length === 0 ? {} : { unplanned: unplanned.slice(0, 5) }),
    left: Math.max(0, merged.length - listedMax) + waiting.length - shown.length,
    paused: paused.slice(0, 10).map(({ lane, reason }) => ({ lane, reason: clip(reason, 200) })),
    ...(distilled ? { distilled: { ...distilled } } : {}),
    doctor: { grade: doctor.grade, passed: doctor.passed, total: doctor.total },
    next:
      unplanned.length > 0
        ? "tell the operator what could not be planned; mos start --again asks anew"
        : waiting.length > 0
          ? "show_ticket tells what one waits for"
          : "nothing is left; tell the operator what landed",
  };
}
