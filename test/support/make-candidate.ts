import { DecisionCandidate, type PlannedTicket } from "../../src/contract/brief.ts";
import { Decision } from "../../src/contract/decision.ts";
import { TicketDraft } from "../../src/contract/ticket.ts";

/** A ticket of an option that can be checked. */
export function makePlanned(changes: { key?: string; after?: string[]; title?: string; repo?: string } = {}): PlannedTicket {
  const { key = "1", after = [], title = "Mend it", repo = "home" } = changes;
  return { key, after, draft: TicketDraft.parse({ title, domain: "music", repo, accept: ["true"] }) };
}

/** A question of a playbook with one ticket in its first option and none in its second. */
export function makeCandidate(changes: Partial<DecisionCandidate> = {}): DecisionCandidate {
  return DecisionCandidate.parse({
    key: "links",
    question: "Mend the links?",
    score: 10,
    source: "playbook",
    playbook: "links",
    options: [
      { id: "mend", label: "Mend them", tickets: [makePlanned()] },
      { id: "leave", label: "Leave them" },
    ],
    ...changes,
  });
}

/** A decision of session S-1 in `music`, open unless told otherwise. */
export function makeDecision(changes: Partial<Decision> = {}): Decision {
  const candidate = changes.candidate ?? makeCandidate();
  const session = changes.session ?? "S-1";
  return Decision.parse({
    id: `${session}/music/${candidate.key}`,
    session,
    domain: "music",
    brief: `${session}/music`,
    candidate,
    answer: { kind: "open" },
    version: 1,
    ...changes,
  });
}
