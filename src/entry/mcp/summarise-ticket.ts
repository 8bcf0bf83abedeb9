import { z } from "zod";
import type { TicketSummary } from "../../app/list-tickets.ts";
import type { TicketDetails } from "../../app/show-ticket.ts";
import { clip } from "./write-answer.ts";

const Cause = z.object({ kind: z.string(), clears: z.string() });

/** A ticket as a model is told of it. */
export const TicketLine = z.object({
  id: z.string(),
  domain: z.string(),
  title: z.string(),
  state: z.string(),
  causes: z.array(Cause),
  dependsOn: z.array(z.string()),
  successor: z.string().optional(),
});

export const TicketText = TicketLine.extend({
  body: z.string(),
  touches: z.array(z.string()),
  accept: z.array(z.object({ text: z.string(), run: z.string().optional() })),
  attempts: z.int(),
  report: z.object({ outcome: z.string(), summary: z.string() }).optional(),
  verdict: z.object({ outcome: z.string(), failed: z.array(z.string()) }).optional(),
  commit: z.string().optional(),
  history: z.array(z.object({ at: z.string(), kind: z.string(), actor: z.string(), reason: z.string() })).describe("the last of it"),
});

export function summariseLine(ticket: Pick<TicketSummary, "id" | "domain" | "title" | "state" | "causes" | "dependsOn" | "successor">) {
  const { id, domain, title, state, causes, dependsOn, successor } = ticket;
  return {
    id,
    domain,
    title: clip(title, 200),
    state,
    causes: causes.slice(0, 5).map(({ kind, clears }) => ({ kind, clears: clip(clears, 200) })),
    dependsOn: dependsOn.slice(0, 20),
    ...(successor === undefined ? {} : { successor }),
  } satisfies z.infer<typeof TicketLine>;
}

export function summariseText(ticket: TicketDetails): z.infer<typeof TicketText> {
  const { report, verdict, commit } = ticket;
  return {
    ...summariseLine(ticket),
    body: clip(ticket.body, 1500),
    touches: ticket.touches.slice(0, 15).map((path) => clip(path, 100)),
    accept: ticket.accept
      .slice(0, 8)
      .map(({ text, run }) => ({ text: clip(text, 120), ...(run === undefined ? {} : { run: clip(run, 120) }) })),
    attempts: ticket.attempts,
    ...(report ? { report: { outcome: report.outcome, summary: clip(report.summary, 400) } } : {}),
    ...(verdict
      ? {
          verdict: {
            outcome: verdict.outcome,
            failed: verdict.points
              .filter(({ pass }) => !pass)
              .slice(0, 5)
              .map(({ point, evidence }) => clip(`${point}: ${evidence}`, 200)),
          },
        }
      : {}),
    ...(commit === undefined ? {} : { commit }),
    history: ticket.history
      .slice(-6)
      .map(({ at, kind, actor, reason }) => ({ at, kind, actor: clip(actor, 60), reason: clip(reason, 100) })),
  };
}
