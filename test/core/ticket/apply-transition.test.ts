import { afterEach, beforeEach, expect, test } from "vitest";
import { MosError } from "../../../src/contract/error.ts";
import { applyTransition } from "../../../src/core/ticket/apply-transition.ts";
import { objectId } from "../../support/make-ticket.ts";
import { makeTicketStore, type TicketStore } from "../../support/make-ticket-store.ts";
import { sampleLease } from "../../support/sample-records.ts";

let tickets: TicketStore;
beforeEach(async () => {
  tickets = await makeTicketStore();
});
afterEach(() => tickets.close());

async function errorOf(promise: Promise<unknown>): Promise<MosError> {
  const error: unknown = await promise.then(
    () => "no error",
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MosError)) throw new Error(`not a MosError: ${String(error)}`);
  return error;
}

test("T6: a transition is one transaction: version, state, and an event with actor, authority and reason", async () => {
  await tickets.create();
  const { ticket, event } = await tickets.apply("MUS-1", { kind: "ready" }, { actor: "operator", authority: "operator", reason: "go" });
  expect(await tickets.get("MUS-1")).toEqual(ticket);
  expect(ticket).toMatchObject({ version: 2, status: { state: "ready" } });
  expect(event).toMatchObject({
    kind: "ticket.ready",
    domain: "music",
    ticket: "MUS-1",
    actor: "operator",
    authority: "operator",
    reason: "go",
    data: { from: "draft", to: "ready", version: 2, epoch: 0 },
  });
  expect(await tickets.store.verifyLog()).toMatchObject({ ok: true, events: 2 });
});

test("T6: a transaction that fails later leaves neither the state nor the event", async () => {
  await tickets.create();
  const broken = tickets.store.write(async (tx) => {
    await applyTransition(tx, "MUS-1", { kind: "ready" }, { actor: "mos", reason: "go" });
    throw new Error("crash");
  });
  await expect(broken).rejects.toThrow("crash");
  expect(await tickets.get("MUS-1")).toMatchObject({ version: 1, status: { state: "draft" } });
  expect(await tickets.store.read((tx) => tx.events({ ticket: "MUS-1" }))).toHaveLength(1);
});

test("T6: what is refused throws with rule, reason and remedy, and writes nothing", async () => {
  await tickets.create();
  const error = await errorOf(tickets.apply("MUS-1", { kind: "claim" }));
  expect(error).toMatchObject({ code: "ticket-refused", exit: 1 });
  expect(error.message).toBe('MUS-1 is draft and cannot take "claim". (T1)');
  expect(error.hint).not.toBe("");
  expect(await tickets.store.verifyLog()).toMatchObject({ events: 1 });
});

test("T8: a ticket that is not there is not found, by its id", async () => {
  expect(await errorOf(tickets.apply("MUS-7", { kind: "ready" }))).toMatchObject({ code: "ticket-not-found", exit: 3 });
});

test("T2d: what blocks or merges ends the ticket's lease, in the same transaction", async () => {
  for (const id of ["MUS-1", "MUS-2"]) {
    await tickets.create({ touches: [id] });
    await tickets.apply(id, { kind: "ready" });
    await tickets.store.write((tx) => tx.leases.put(sampleLease({ key: `ticket:${id}` })));
  }
  await tickets.apply("MUS-1", { kind: "block", causes: [{ kind: "budget", clears: "the budget is raised" }] });
  expect(await tickets.store.read((tx) => tx.leases.list())).toMatchObject([{ key: "ticket:MUS-2" }]);
  await tickets.merge("MUS-2");
  expect(await tickets.store.read((tx) => tx.leases.list())).toEqual([]);
});

test("T1b, T3: a dependency that is not merged blocks its dependant from ready, and its landing clears it", async () => {
  await tickets.create();
  await tickets.create({ dependsOn: ["MUS-1"] });
  const { ticket } = await tickets.apply("MUS-2", { kind: "ready" });
  expect(ticket.status).toEqual({
    state: "blocked",
    from: "ready",
    causes: [{ kind: "dependency", ref: "MUS-1", clears: "MUS-1 merges" }],
  });
  const log = await tickets.store.read((tx) => tx.events({ ticket: "MUS-2" }));
  expect(log.map((event) => [event.kind, event.data.from, event.data.to])).toEqual([
    ["ticket.created", undefined, "draft"],
    ["ticket.ready", "draft", "ready"],
    ["ticket.blocked", "ready", "blocked:ready"],
  ]);
  await tickets.merge("MUS-1");
  expect((await tickets.get("MUS-2")).status).toEqual({ state: "ready" });
});

test("T3: with two dependencies it waits for both, and other causes stay", async () => {
  await tickets.create();
  await tickets.create();
  await tickets.create({ dependsOn: ["MUS-1", "MUS-2"] });
  await tickets.apply("MUS-3", { kind: "ready" });
  await tickets.apply("MUS-3", { kind: "block", causes: [{ kind: "operator", clears: "the operator" }] });
  await tickets.merge("MUS-2");
  expect((await tickets.get("MUS-3")).status).toMatchObject({ state: "blocked", causes: [{ ref: "MUS-1" }, { kind: "operator" }] });
  await tickets.merge("MUS-1");
  expect((await tickets.get("MUS-3")).status).toMatchObject({ state: "blocked", causes: [{ kind: "operator" }] });
});

test("T3a: a dependency that is superseded means its successor; both landings' dependants go on", async () => {
  await tickets.create();
  await tickets.create({ dependsOn: ["MUS-1"] });
  await tickets.apply("MUS-2", { kind: "ready" });
  await tickets.create();
  await tickets.apply("MUS-1", { kind: "supersede", successor: "MUS-3" });
  expect((await tickets.get("MUS-2")).status).toMatchObject({ state: "blocked", causes: [{ kind: "dependency", ref: "MUS-3" }] });
  // One that is made ready only now finds the end of the chain by itself.
  await tickets.create({ dependsOn: ["MUS-1"] });
  const { ticket } = await tickets.apply("MUS-4", { kind: "ready" });
  expect(ticket.status).toMatchObject({ causes: [{ kind: "dependency", ref: "MUS-3", clears: "MUS-3 merges" }] });
  await tickets.merge("MUS-3");
  for (const id of ["MUS-2", "MUS-4"]) expect((await tickets.get(id)).status).toEqual({ state: "ready" });
});

test("T3a: a dependency superseded by one that has merged already clears at once", async () => {
  await tickets.create();
  await tickets.create({ dependsOn: ["MUS-1"] });
  await tickets.apply("MUS-2", { kind: "ready" });
  await tickets.create();
  await tickets.merge("MUS-3");
  await tickets.apply("MUS-1", { kind: "supersede", successor: "MUS-3" });
  expect((await tickets.get("MUS-2")).status).toEqual({ state: "ready" });
});

test("T3b: a dependency that is withdrawn asks the operator, and no moment between is unblocked", async () => {
  await tickets.create();
  await tickets.create({ dependsOn: ["MUS-1"] });
  await tickets.apply("MUS-2", { kind: "ready" });
  await tickets.apply("MUS-1", { kind: "withdraw" });
  expect((await tickets.get("MUS-2")).status).toMatchObject({ state: "blocked", causes: [{ kind: "question", ref: "MUS-1" }] });
  const log = await tickets.store.read((tx) => tx.events({ ticket: "MUS-2" }));
  expect(log.slice(3).map((event) => event.data.to)).toEqual(["blocked:ready", "blocked:ready"]);
  await tickets.apply("MUS-2", { kind: "clear", causes: [{ kind: "question" }] });
  expect((await tickets.apply("MUS-2", { kind: "claim" })).ticket.status.state).toBe("in_progress");
});

test("T3c: dependencies on what does not exist, on itself, or in a circle are refused when they are made", async () => {
  expect(await errorOf(tickets.create({ dependsOn: ["MUS-9"] }))).toMatchObject({ code: "dependency-unknown" });
  expect(await errorOf(tickets.create({ dependsOn: ["MUS-1"] }))).toMatchObject({ code: "dependency-cycle" });
  const a = await tickets.create();
  const b = await tickets.create({ dependsOn: [a.id] });
  const c = await tickets.create({ dependsOn: [b.id] });
  const error = await errorOf(tickets.apply(a.id, { kind: "edit", changes: { dependsOn: [c.id] } }));
  expect(error.code).toBe("dependency-cycle");
  expect(error.message).toContain(`${a.id} → ${c.id} → ${b.id} → ${a.id}`);
  expect((await tickets.get(a.id)).dependsOn).toEqual([]);
});

test("T3c: a circle through a chain of successors is refused too", async () => {
  await tickets.create();
  await tickets.create({ dependsOn: ["MUS-1"] });
  await tickets.create({ dependsOn: ["MUS-2"] });
  expect(await errorOf(tickets.apply("MUS-1", { kind: "supersede", successor: "MUS-3" }))).toMatchObject({ code: "dependency-cycle" });
});

test("T3d: no dependency enters or leaves a sealed domain", async () => {
  const sealed = await makeTicketStore(["trading"]);
  try {
    await sealed.create({ domain: "trading" }, "TRD");
    await sealed.create();
    expect(await errorOf(sealed.create({ dependsOn: ["TRD-1"] }))).toMatchObject({ code: "dependency-sealed" });
    expect(await errorOf(sealed.create({ domain: "trading", dependsOn: ["MUS-1"] }, "TRD"))).toMatchObject({ code: "dependency-sealed" });
    expect(await errorOf(sealed.apply("MUS-1", { kind: "edit", changes: { dependsOn: ["TRD-1"] } }))).toMatchObject({
      code: "dependency-sealed",
    });
    expect((await sealed.create({ domain: "trading", dependsOn: ["TRD-1"] }, "TRD")).dependsOn).toEqual(["TRD-1"]);
    expect((await sealed.create({ domain: "agency", dependsOn: ["MUS-1"] }, "AGY")).dependsOn).toEqual(["MUS-1"]);
  } finally {
    await sealed.close();
  }
});

test("T6a: while an intent to land is written, nothing else ends the ticket", async () => {
  await tickets.create();
  await tickets.apply("MUS-1", { kind: "ready" });
  const { work } = await tickets.handIn("MUS-1");
  const commit = work?.commit ?? "";
  await tickets.apply("MUS-1", { kind: "verdict", verdict: { commit, outcome: "pass", id: "v" } });
  const receipt = {
    id: "r",
    lane: "music",
    tickets: ["MUS-1"],
    base: objectId(0),
    tree: objectId(2),
    commit: objectId(3),
    heads: {},
    gateHash: "h",
    logHead: "l",
    verdicts: ["v"],
    checks: [],
    doctor: { grade: "A", passed: 19, total: 19 },
    landedAt: "2026-11-01T08:00:00.000Z",
  };
  const landing = { id: "l", lane: "music", receipt, startedAt: receipt.landedAt };
  await tickets.store.write((tx) => tx.landings.put(landing));
  expect((await errorOf(tickets.apply("MUS-1", { kind: "withdraw" }))).message).toContain("(T6)");
  await tickets.apply("MUS-1", { kind: "land", commit: objectId(3), receipt: "r" });
  expect((await tickets.get("MUS-1")).status.state).toBe("merged");
});

test("T8: ids are the prefix and the next number, and no number is given twice", async () => {
  expect((await tickets.create()).id).toBe("MUS-1");
  expect((await tickets.create({ domain: "agency" }, "AGY")).id).toBe("AGY-1");
  await tickets.apply("MUS-1", { kind: "withdraw" });
  expect((await tickets.create()).id).toBe("MUS-2");
});

test("T6: two writers that read the same version: the second is refused by what it finds", async () => {
  await tickets.create();
  await tickets.apply("MUS-1", { kind: "ready" });
  const both = await Promise.allSettled([tickets.apply("MUS-1", { kind: "claim" }), tickets.apply("MUS-1", { kind: "claim" })]);
  expect(both.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(await tickets.get("MUS-1")).toMatchObject({ epoch: 1, version: 3 });
});
