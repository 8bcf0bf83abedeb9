import type { DecisionCandidate, Evidence, Option, PlannedTicket } from "../../contract/brief.ts";
import type { Domain } from "../../contract/config.ts";
import { TicketDraft } from "../../contract/ticket.ts";
import type { Thread } from "../../core/brief/read-thread.ts";
import { countOf } from "../../core/text/count-of.ts";
import { findLocalMidnight, readLocalDay } from "./local-day.ts";

/**
 * The question that a thread which is due puts to the operator. It asks for judgement, so `--yes` never answers it. The
 * next step comes first where an agent is there to take it, otherwise another week: both lose nothing.
 */
export function askAboutThread(args: {
  domain: Domain;
  thread: Thread;
  today: string;
  overdueDays: number;
  evidence: readonly Evidence[];
}): DecisionCandidate {
  const { domain, thread, today, overdueDays } = args;
  const renewed = readLocalDay(findLocalMidnight(today, 7));
  const since = overdueDays === 0 ? "is due today" : `has been due for ${countOf(overdueDays, "day")}`;
  const renew: Option = {
    id: "renew",
    label: "Give it another week",
    detail: `${thread.path} gets due: ${renewed} and updated: ${today}.`,
    tickets: [
      editThread(domain, thread, { title: `Renew thread ${thread.stem} until ${renewed}`, fields: { due: renewed, updated: today } }),
    ],
  };
  const close: Option = {
    id: "close",
    label: "Close it: it is done",
    detail: `${thread.path} gets status: done.`,
    tickets: [editThread(domain, thread, { title: `Close thread ${thread.stem}`, fields: { status: "done", updated: today } })],
  };
  const act: Option = {
    id: "act",
    label: "File a ticket for its next step",
    detail: "A draft; it can be made ready once it says how to check that it is done.",
    tickets: [fileNextStep(domain, thread)],
  };
  return {
    key: `thread:${thread.stem}`,
    question: `${thread.title} ${since}. What now?`.slice(0, 300),
    why: thread.next === "" ? "It names no next step." : `Its next step: ${thread.next}`.slice(0, 1000),
    score: 30 + Math.min(overdueDays, 10),
    options: domain.runtime === "playbook" ? [renew, act, close] : [act, renew, close],
    evidence: [...args.evidence],
    source: "judgement",
    dependsOn: [],
  };
}

function fileNextStep(domain: Domain, thread: Thread): PlannedTicket {
  const title = (thread.next === "" ? `Next step of ${thread.title}` : thread.next).slice(0, 200);
  const body = `The next step of ${thread.path} (${thread.title}).`;
  return {
    key: "1",
    after: [],
    draft: TicketDraft.parse({ title, domain: domain.name, body, runtime: domain.runtime, thread: thread.path }),
  };
}

/** A ticket that sets fields of the thread's front matter, whatever they were. */
function editThread(domain: Domain, thread: Thread, change: { title: string; fields: Record<string, string> }): PlannedTicket {
  const path = quoteForShell(thread.path);
  const run = Object.entries(change.fields).map(([key, value]) => setField(path, key, value, thread.lines[key] !== undefined));
  const accept = Object.entries(change.fields).map(([key, value]) => ({
    text: `${thread.path} says ${key}: ${value}`,
    run: `grep -qx '${key}: ${value}' ${path}`,
  }));
  const draft = TicketDraft.parse({ title: change.title.slice(0, 200), domain: domain.name, touches: [thread.path], run, accept });
  return { key: "1", after: [], draft };
}

/** Within the front matter only: from line 2 to the closing dashes. */
function setField(path: string, key: string, value: string, there: boolean): string {
  const edit = there ? `2,/^---/ s/^${key}:.*$/${key}: ${value}/` : `1 a ${key}: ${value}`;
  return `sed -i '${edit}' ${path}`;
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
