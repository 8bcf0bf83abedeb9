import { exitCode, MosError } from "../contract/error.ts";
import { applyTransition, getTicket } from "../core/ticket/apply-transition.ts";
import { listCauses } from "../core/ticket/cause.ts";
import type { World } from "../port/world.ts";
import { summariseTicket, type TicketSummary } from "./list-tickets.ts";

/**
 * The operator answers what a ticket asks: its `question` causes clear, and the text is kept in the log (`data.answer` of
 * `ticket.cleared`). Throws `answer-empty` (exit 2) and `nothing-asked`.
 */
export async function answerTicket(world: World, args: { id: string; text: string }): Promise<TicketSummary> {
  const text = args.text.trim();
  if (text === "")
    throw new MosError({
      code: "answer-empty",
      message: `The answer to ${args.id} is empty.`,
      hint: "Say it in words.",
      exit: exitCode.usage,
    });
  return await world.store.write(async (tx) => {
    const questions = listCauses(await getTicket(tx, args.id)).filter((cause) => cause.kind === "question");
    if (questions.length === 0)
      throw new MosError({
        code: "nothing-asked",
        message: `${args.id} asks nothing.`,
        hint: `See what it waits for: mos ticket show ${args.id}`,
      });
    const data = { answer: text, questions: questions.map((cause) => cause.detail ?? cause.clears) };
    const note = { actor: "operator", authority: "operator", reason: "answered by the operator", data };
    return summariseTicket((await applyTransition(tx, args.id, { kind: "clear", causes: [{ kind: "question" }] }, note)).ticket);
  });
}
