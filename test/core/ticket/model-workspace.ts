import { unreachable } from "../../../src/contract/error.ts";
import type { Ticket } from "../../../src/contract/ticket.ts";
import { chooseNext } from "../../../src/core/schedule/choose-next.ts";
import { fileSuccessor } from "../../../src/core/ticket/file-successor.ts";
import type { TicketEvent } from "../../../src/core/ticket/ticket-event.ts";
import { makeTicket, objectId } from "../../support/make-ticket.ts";
import { applyPurely, type Step, type Transition } from "./apply-purely.ts";

/** Where a worker is. `epoch` is what it was given when it took the ticket; a worker that was slow may be long replaced. */
export type Worker =
  | { readonly at: "idle" }
  | { readonly at: "execute" | "verify" | "failed" | "gate" | "intend" | "move" | "record"; readonly id: string; readonly epoch: number };

/** 0 and 1: the workers that live. `dead`: whoever held it is gone, or seems so. */
type Holder = 0 | 1 | "dead";

export interface Budget {
  /** A worker is killed, at any point. */
  readonly crashes: number;
  /** A worker that is only slow is taken for dead, and goes on all the same. */
  readonly stalls: number;
  /** The operator blocks or withdraws, at any point. */
  readonly whims: number;
  /** A verdict fails. */
  readonly fails: number;
}

/**
 * A small workspace: a main, a lane with one lander, leases, two workers. MUS-2 depends on MUS-1; MUS-3 wants the path of
 * MUS-1. What a worker does between two of its places is one transaction or one move of the ref, as in the stages.
 */
export interface ModelState {
  readonly tickets: readonly Ticket[];
  readonly leases: Readonly<Record<string, Holder>>;
  readonly lane: Holder | "free";
  /** Intents to land, by ticket, with the number of landings that they were tested on. */
  readonly landings: Readonly<Record<string, number>>;
  /** The tickets whose receipt is on main, in order. */
  readonly main: readonly string[];
  readonly workers: readonly [Worker, Worker];
  readonly budget: Budget;
}

export interface ModelMove {
  readonly name: string;
  /** A fault, or a person's doing: nothing may depend on it to go on. */
  readonly outside: boolean;
  readonly state: ModelState;
  readonly steps: readonly Step[];
}

/** What the model runs on; each can be broken, to see that the exploration finds it. */
export interface Rules {
  readonly transition: Transition;
  /** The intent is written in one transaction with the look at the ticket. Default yes. */
  readonly checksIntent?: boolean;
  /** Whoever takes a lane first settles what its last holder left. Default yes. */
  readonly reconciles?: boolean;
}

export const reworksMax = 1;

export function startModel(budget: Budget): ModelState {
  return {
    tickets: [
      makeTicket({ id: "MUS-1", touches: ["a"] }),
      makeTicket({ id: "MUS-2", touches: ["b"], dependsOn: ["MUS-1"] }),
      makeTicket({ id: "MUS-3", touches: ["a", "c"] }),
    ],
    leases: {},
    lane: "free",
    landings: {},
    main: [],
    workers: [{ at: "idle" }, { at: "idle" }],
    budget,
  };
}

/** Everything that can happen next. */
export function listMoves(state: ModelState, rules: Rules): ModelMove[] {
  return [...listWorkerMoves(state, 0, rules), ...listWorkerMoves(state, 1, rules), ...listOutsideMoves(state, rules)];
}

function listWorkerMoves(state: ModelState, w: 0 | 1, rules: Rules): ModelMove[] {
  const worker = state.workers[w];
  const move = (name: string, next: ModelState, steps: readonly Step[] = []): ModelMove => {
    const label = `worker ${w} ${name}${worker.at === "idle" ? "" : ` ${worker.id}`}`;
    return { name: label, outside: false, state: next, steps };
  };
  const stop = (from: ModelState): ModelState => setWorker(dropLease(freeLane(from, w), worker, w), w, { at: "idle" });
  if (worker.at === "idle") return listTakings(state, w, rules);
  const { id, epoch } = worker;
  const send = (event: TicketEvent) => apply(state, { id, event, rules });
  const ticket = state.tickets.find((one) => one.id === id);
  switch (worker.at) {
    case "execute": {
      const commit = objectId(Number(id.slice(4)) * 100 + epoch);
      const done = send({ kind: "hand-in", work: { epoch, base: objectId(0), commit, tree: commit } });
      return [done ? move("hands in", setWorker(done.state, w, { at: "verify", id, epoch }), done.steps) : move("is refused", stop(state))];
    }
    case "verify":
      return (["pass", "fail"] as const).flatMap((outcome) => {
        if (outcome === "fail" && state.budget.fails === 0) return [];
        const done = send({ kind: "verdict", verdict: { commit: ticket?.work?.commit ?? "", outcome, id: "v" } });
        if (done === undefined) return outcome === "pass" ? [move("is refused", stop(state))] : [];
        const spent = outcome === "fail" ? spend(done.state, "fails") : done.state;
        const at = outcome === "pass" ? ("gate" as const) : ("failed" as const);
        return [move(outcome === "pass" ? "passes" : "fails", setWorker(spent, w, { at, id, epoch }), done.steps)];
      });
    case "failed": {
      const done = supersede(state, id, rules);
      return [done ? move("files a successor of", stop(done.state), done.steps) : move("is refused", stop(state))];
    }
    case "gate": {
      if (state.lane !== "free" && state.lane !== "dead" && state.lane !== w) return [];
      const held: ModelState = { ...state, lane: w };
      const left = rules.reconciles === false ? undefined : Object.keys(state.landings)[0];
      if (left === undefined) return [move("takes the lane for", setWorker(held, w, { at: "intend", id, epoch }))];
      const done = reconcile(held, left, rules);
      return [move(`reconciles ${left} before`, done.state, done.steps)];
    }
    case "intend": {
      // One transaction: the intent is written only for a ticket that would land, by the attempt that it belongs to.
      const lands = ticket?.epoch === epoch && apply(state, { id, event: { kind: "land", commit: objectId(1), receipt: "r" }, rules });
      if (!lands && rules.checksIntent !== false) return [move("is refused the landing of", stop(state))];
      return [
        move(
          "intends to land",
          setWorker({ ...state, landings: { ...state.landings, [id]: state.main.length } }, w, { at: "move", id, epoch }),
        ),
      ];
    }
    case "move":
      if (state.landings[id] !== state.main.length) return [move("finds main moved for", stop(removeLanding(state, id)))];
      return [move("moves main for", setWorker({ ...state, main: [...state.main, id] }, w, { at: "record", id, epoch }))];
    case "record": {
      const done = reconcile(state, id, rules);
      return [move("records", stop(done.state), done.steps)];
    }
    default:
      return unreachable(worker);
  }
}

/** What an idle worker may take: whatever the scheduler would give it. It goes on where the last attempt got to. */
function listTakings(state: ModelState, w: 0 | 1, rules: Rules): ModelMove[] {
  const running = new Set(Object.entries(state.leases).flatMap(([id, holder]) => (holder === "dead" ? [] : [id])));
  return chooseNext({ tickets: state.tickets, running, maxParallel: 2 }).flatMap(({ ticket, how }) => {
    const done = apply(state, { id: ticket.id, event: { kind: how }, rules });
    if (done === undefined) return [];
    const epoch = done.state.tickets.find((one) => one.id === ticket.id)?.epoch ?? 0;
    const held: ModelState = { ...done.state, leases: { ...done.state.leases, [ticket.id]: w } };
    const judged = { pass: "gate", fail: "failed", none: "verify" } as const;
    const at = how === "revalidate" ? judged[ticket.verdict?.outcome ?? "none"] : ("execute" as const);
    const next = setWorker(held, w, { at, id: ticket.id, epoch });
    return [{ name: `worker ${w} ${how}s ${ticket.id}`, outside: false, state: next, steps: done.steps }];
  });
}

function listOutsideMoves(state: ModelState, rules: Rules): ModelMove[] {
  const moves: ModelMove[] = [];
  const add = (name: string, next: ModelState, steps: readonly Step[] = []): void => {
    moves.push({ name, outside: true, state: next, steps });
  };
  for (const w of [0, 1] as const) {
    const worker = state.workers[w];
    if (worker.at === "idle") continue;
    if (state.budget.crashes > 0) add(`worker ${w} is killed at ${worker.at} ${worker.id}`, killWorker(spend(state, "crashes"), w));
    if (state.budget.stalls > 0 && state.leases[worker.id] === w)
      add(`worker ${w} stalls at ${worker.at} ${worker.id}`, {
        ...spend(state, "stalls"),
        leases: { ...state.leases, [worker.id]: "dead" },
      });
  }
  for (const { id, status } of state.tickets) {
    const send = (name: string, event: TicketEvent, from = state): void => {
      const done = apply(from, { id, event, rules, authority: "operator" });
      if (done !== undefined) add(`the operator ${name} ${id}`, done.state, done.steps);
    };
    if (status.state === "draft") send("releases", { kind: "ready" });
    if (state.budget.whims > 0) {
      send("blocks", { kind: "block", causes: [{ kind: "operator", clears: "the operator" }] }, spend(state, "whims"));
      send("withdraws", { kind: "withdraw" }, spend(state, "whims"));
    }
    if (status.state === "blocked") {
      const byHand = status.causes.filter((cause) => ["operator", "question", "no-progress"].includes(cause.kind));
      if (byHand.length > 0) send("unblocks", { kind: "clear", causes: byHand });
    }
  }
  return moves;
}

function apply(
  state: ModelState,
  args: { id: string; event: TicketEvent; rules: Rules; authority?: string },
): { state: ModelState; steps: readonly Step[] } | undefined {
  const result = applyPurely(state.tickets, {
    id: args.id,
    event: args.event,
    ...(args.authority === undefined ? {} : { authority: args.authority }),
    transition: args.rules.transition,
    landing: args.id in state.landings,
  });
  if (result.kind === "refused") return undefined;
  const leases = Object.fromEntries(Object.entries(state.leases).filter(([id]) => !result.released.includes(id)));
  return { state: { ...state, tickets: result.tickets, leases }, steps: result.steps };
}

/** One transaction, as `supersedeFailed`. */
function supersede(state: ModelState, id: string, rules: Rules): ReturnType<typeof apply> {
  const ticket = state.tickets.find((one) => one.id === id);
  if (ticket === undefined) return undefined;
  const failure = { findings: [{ point: "npm test", kind: "acceptance", evidence: "" }], tree: ticket.work?.tree };
  const plan = fileSuccessor({ ticket, failure, reworksMax });
  if (plan.kind === "cause") return apply(state, { id, event: { kind: "block", causes: [plan.cause] }, rules });
  const successor = makeTicket({ ...plan.draft, id: `MUS-${state.tickets.length + 1}`, provenance: plan.provenance, rework: plan.rework });
  const filed: ModelState = { ...state, tickets: [...state.tickets, successor] };
  const superseded = apply(filed, { id, event: { kind: "supersede", successor: successor.id }, rules });
  if (superseded === undefined) return undefined;
  const ready = apply(superseded.state, { id: successor.id, event: { kind: "ready" }, rules });
  return ready && { state: ready.state, steps: [...superseded.steps, ...ready.steps] };
}

/** G8: the receipt on main says whether an intent came true. */
function reconcile(state: ModelState, id: string, rules: Rules): { state: ModelState; steps: readonly Step[] } {
  const without = removeLanding(state, id);
  if (!state.main.includes(id) || state.tickets.some((one) => one.id === id && one.status.state === "merged"))
    return { state: without, steps: [] };
  const done = apply(without, { id, event: { kind: "land", commit: objectId(1), receipt: "r" }, rules });
  if (done === undefined) throw new Error(`main holds ${id}, which cannot be merged`);
  return done;
}

function removeLanding(state: ModelState, id: string): ModelState {
  return { ...state, landings: Object.fromEntries(Object.entries(state.landings).filter(([other]) => other !== id)) };
}

function setWorker(state: ModelState, w: 0 | 1, worker: Worker): ModelState {
  return { ...state, workers: w === 0 ? [worker, state.workers[1]] : [state.workers[0], worker] };
}

function freeLane(state: ModelState, w: 0 | 1): ModelState {
  return state.lane === w ? { ...state, lane: "free" } : state;
}

function dropLease(state: ModelState, worker: Worker, w: 0 | 1): ModelState {
  if (worker.at === "idle" || state.leases[worker.id] !== w) return state;
  return { ...state, leases: Object.fromEntries(Object.entries(state.leases).filter(([id]) => id !== worker.id)) };
}

function killWorker(state: ModelState, w: 0 | 1): ModelState {
  const leases = Object.fromEntries(Object.entries(state.leases).map(([id, holder]) => [id, holder === w ? ("dead" as const) : holder]));
  return setWorker({ ...state, leases, lane: state.lane === w ? "dead" : state.lane }, w, { at: "idle" });
}

function spend(state: ModelState, what: keyof Budget): ModelState {
  return { ...state, budget: { ...state.budget, [what]: state.budget[what] - 1 } };
}
