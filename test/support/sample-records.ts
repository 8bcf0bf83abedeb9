import type { Lease, Receipt } from "../../src/contract/run.ts";
import { Ticket } from "../../src/contract/ticket.ts";

/** A ticket with nothing special about it; `given` says what is. */
export function sampleTicket(given: Partial<Ticket> = {}): Ticket {
  return Ticket.parse({
    id: "MUS-1",
    title: "mend the links",
    domain: "music",
    accept: [{ text: "links hold", run: "true" }],
    status: { state: "draft" },
    version: 1,
    epoch: 0,
    createdAt: "2026-11-01T08:00:00.000Z",
    ...given,
  });
}

export function sampleLease(given: Partial<Lease> = {}): Lease {
  return { key: "ticket:MUS-1", owner: "host/1/1", pid: 1, process: "boot:1", epoch: 1, beat: 0, ...given };
}

export function sampleReceipt(given: Partial<Receipt> = {}): Receipt {
  const commit = "a".repeat(40);
  return {
    id: commit,
    lane: "music",
    tickets: ["MUS-1"],
    base: "b".repeat(40),
    tree: "c".repeat(40),
    commit,
    heads: {},
    gateHash: "d".repeat(64),
    logHead: "0".repeat(64),
    verdicts: ["MUS-1/1"],
    checks: [],
    doctor: { grade: "A", passed: 19, total: 19 },
    landedAt: "2026-11-01T08:00:00.000Z",
    ...given,
  };
}
