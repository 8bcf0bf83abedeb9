import type { Artifact } from "../../contract/knowledge.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { type Journey, makeSessionArtifact, makeTicketArtifact } from "../../core/knowledge/make-artifact.ts";
import type { StoreReader } from "../../port/store.ts";
import type { World } from "../../port/world.ts";

/**
 * Queues for distillation what is not yet kept: each merged ticket with its report, verdict and receipt and, when a session's
 * id is given, its log per domain. Gives what was added. May be repeated, also by two processes at once: an artifact has one
 * id (`ticket:MUS-12`, `session:<id>:<domain>`) and is never written again, so that it is distilled once. A crash
 * before the write leaves it to the next call. Nothing to keep: nothing is written.
 */
export async function keepArtifacts(world: World, args: { session?: string } = {}): Promise<Artifact[]> {
  const missing = await world.store.read((tx) => findMissing(tx, { ...args, at: world.clock.now() }));
  if (missing.length === 0) return [];
  return world.store.write(async (tx) => {
    const kept: Artifact[] = [];
    for (const artifact of missing) {
      if ((await tx.artifacts.get(artifact.id)) !== undefined) continue;
      await tx.artifacts.put(artifact);
      const { id, domain, kind, source } = artifact;
      const authority = args.session === undefined ? {} : { authority: args.session };
      const reason = `${source} is kept for distillation`;
      const ticket = kind === "ticket" ? { ticket: source } : {};
      await tx.append({ kind: "artifact.kept", domain, ...ticket, actor: "mos", ...authority, reason, data: { artifact: id } });
      kept.push(artifact);
    }
    return kept;
  });
}

async function findMissing(tx: StoreReader, args: { session?: string; at: string }): Promise<Artifact[]> {
  const known = new Set((await tx.artifacts.list()).map((artifact) => artifact.id));
  const tickets = await tx.tickets.list();
  const missing: Artifact[] = [];
  for (const ticket of tickets) {
    if (ticket.status.state !== "merged" || known.has(`ticket:${ticket.id}`)) continue;
    const artifact = makeTicketArtifact({ ticket, ...(await readRecords(tx, ticket)), at: args.at });
    if (artifact) missing.push(artifact);
  }
  const session = args.session === undefined ? undefined : await tx.sessions.get(args.session);
  if (session === undefined) return missing;
  const decisions = await tx.decisions.list({ session: session.id });
  for (const domain of new Set([...decisions, ...tickets].map((one) => one.domain))) {
    if (known.has(`session:${session.id}:${domain}`)) continue;
    const artifact = makeSessionArtifact({ session, domain, decisions, tickets, at: args.at });
    if (artifact) missing.push(artifact);
  }
  return missing;
}

/** The last report, the verdict that the landing rested on, and its receipt. */
async function readRecords(tx: StoreReader, ticket: Ticket): Promise<Omit<Parameters<typeof makeTicketArtifact>[0], "ticket" | "at">> {
  const reports = await tx.reports.list({ ticket: ticket.id });
  const verdicts = await tx.verdicts.list({ ticket: ticket.id });
  const verdict = verdicts.find((one) => one.id === ticket.verdict?.id) ?? verdicts.findLast((one) => one.outcome === "pass");
  const receipt = ticket.status.state === "merged" ? await tx.receipts.get(ticket.status.receipt) : undefined;
  const journey = { findings: await readFindings(tx, ticket), answers: await readAnswers(tx, ticket) };
  return { receipt, report: reports.toSorted((a, b) => a.epoch - b.epoch).at(-1), verdict, journey };
}

const predecessorsMax = 20;

/** What verdicts found in the tickets that this one followed, which it must have mended to be merged. Oldest first. */
async function readFindings(tx: StoreReader, ticket: Ticket): Promise<Journey["findings"]> {
  const findings: Journey["findings"][number][] = [];
  let id = ticket.provenance.predecessor;
  for (let steps = 0; id !== undefined && steps < predecessorsMax; steps += 1) {
    const failed = (await tx.verdicts.list({ ticket: id })).filter(({ outcome }) => outcome === "fail");
    for (const { points } of failed.toReversed()) {
      for (const { point, pass, evidence } of points.toReversed()) if (!pass) findings.unshift({ ticket: id, point, evidence });
    }
    id = (await tx.tickets.get(id))?.provenance.predecessor;
  }
  return findings;
}

/** Of the log, where the operator alone may have said it. */
async function readAnswers(tx: StoreReader, ticket: Ticket): Promise<Journey["answers"]> {
  const events = await tx.events({ ticket: ticket.id, kind: "ticket.cleared" });
  return events.flatMap(({ at, actor, data }) => {
    if (actor !== "operator" || typeof data.answer !== "string") return [];
    const questions = Array.isArray(data.questions) ? data.questions.filter((one) => typeof one === "string") : [];
    return [{ at, answer: data.answer, question: questions.join("; ") }];
  });
}
