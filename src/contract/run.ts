import { z } from "zod";
import { CommitId, Instant, TicketId } from "./id.ts";

/** One command that was run, with where its whole output is. */
export const CommandRun = z.strictObject({
  name: z.string(),
  run: z.string(),
  exitCode: z.int().nullable(),
  ms: z.number().min(0),
  /** The last lines, bounded. */
  tail: z.string(),
  /** Relative to the state folder. */
  log: z.string(),
});
export type CommandRun = z.infer<typeof CommandRun>;

/** What an executor says it did. Untrusted text. */
export const Report = z.strictObject({
  id: z.string(),
  ticket: TicketId,
  epoch: z.int().min(1),
  runtime: z.string(),
  at: Instant,
  /** `question`: it waits for the operator's answer. */
  outcome: z.enum(["done", "question", "failed"]),
  summary: z.string().max(4000),
  /** Of the model that did it: `run-12`. Absent where no model did. */
  run: z.string().optional(),
  commands: z.array(CommandRun).default([]),
  changed: z.array(z.string()).default([]),
  decided: z.array(z.string()).default([]),
  learned: z.array(z.string()).default([]),
  left: z.array(z.string()).default([]),
});
export type Report = z.infer<typeof Report>;

/** A verifier's judgement of one exact commit (I4). */
export const Verdict = z.strictObject({
  id: z.string(),
  ticket: TicketId,
  commit: CommitId,
  base: CommitId,
  at: Instant,
  outcome: z.enum(["pass", "fail"]),
  verifier: z.string(),
  /** Of the model that judged beside the rules: `run-13`. Absent where none did. */
  run: z.string().optional(),
  points: z.array(
    z.strictObject({
      point: z.string(),
      pass: z.boolean(),
      evidence: z.string().max(4000),
      /** What a failure means for the ticket. */
      kind: z.enum(["acceptance", "scope", "conflict-marker", "secret", "test-removed", "forbidden-change", "empty"]).default("acceptance"),
    }),
  ),
});
export type Verdict = z.infer<typeof Verdict>;

/** The proof that a landing was tested. `mos gate receipt` prints it; it lies in git under refs/mos/receipts/. */
export const Receipt = z.strictObject({
  id: z.string(),
  lane: z.string(),
  tickets: z.array(TicketId).min(1),
  base: CommitId,
  /** The last commit with a receipt before it, when this one covers more than its own: a range that was adopted (G7). */
  from: CommitId.optional(),
  tree: CommitId,
  commit: CommitId,
  heads: z.record(z.string(), CommitId),
  gateHash: z.string(),
  logHead: z.string(),
  verdicts: z.array(z.string()),
  checks: z.array(CommandRun),
  doctor: z.strictObject({ grade: z.string(), passed: z.int(), total: z.int() }),
  landedAt: Instant,
});
export type Receipt = z.infer<typeof Receipt>;

declare const tested: unique symbol;
/** A receipt fresh from the gate: what a landing asks for (G3). Only `stage/gate` makes one. */
export type TestedReceipt = Receipt & { readonly [tested]: true };

/** The intent to land, written before main moves and removed after: what recovery reads. */
export const Landing = z.strictObject({
  id: z.string(),
  lane: z.string(),
  receipt: Receipt,
  /** The operator's working tree that has main checked out, when there is one. */
  checkout: z.string().optional(),
  startedAt: Instant,
});
export type Landing = z.infer<typeof Landing>;

/** A hold on something by one worker. The beat rises while the worker lives (T5). */
export const Lease = z.strictObject({
  /** `ticket:MUS-12`, `lane:music`, `slot:music/home/1`. */
  key: z.string(),
  owner: z.string(),
  pid: z.int(),
  /** Start of the process in clock ticks since boot, with the boot's id: a recycled pid is another process. */
  process: z.string(),
  epoch: z.int().min(0),
  beat: z.int().min(0),
});
export type Lease = z.infer<typeof Lease>;

/** Whether a lane may land. Paused by the operator, by an edit of theirs that a landing would overwrite, or by a landing that broke off. */
export const Lane = z.strictObject({
  id: z.string(),
  paused: z
    .strictObject({ by: z.enum(["operator", "local-edits", "foreign-tip", "crash"]), reason: z.string(), paths: z.array(z.string()) })
    .optional(),
});
export type Lane = z.infer<typeof Lane>;

/** What a lane's lander is at, told to whoever asks: derived from its state, of no use to a later one. */
export const LaneActivity = z.strictObject({
  /** The commit that main is. */
  base: CommitId,
  slots: z.int().min(1),
  window: z.int().min(1),
  /** The estimated chance that a ticket fails at the gate, and how many are tested as one for it. */
  failureRate: z.number(),
  batch: z.int().min(1),
  /** In the order in which they would land. */
  train: z.array(TicketId),
  builds: z.array(
    z.strictObject({
      kind: z.enum(["batch", "probe", "retry", "control"]),
      /** What is tested on the base; none for a control. */
      tickets: z.array(TicketId),
      commit: CommitId,
      since: Instant,
    }),
  ),
  suspects: z.array(z.strictObject({ ticket: TicketId, step: z.enum(["retry", "control", "healed"]) })),
  landing: z.array(TicketId),
});
export type LaneActivity = z.infer<typeof LaneActivity>;

/** What a lane's landers leave for the next one: a guess to begin with, nothing that is believed. */
export const LaneMemory = z.strictObject({
  judged: z.number().min(0),
  failed: z.number().min(0),
  window: z.int().min(1),
  /** Cores that one test run was seen to keep busy. */
  coresPerBuild: z.number().min(0).optional(),
});
export type LaneMemory = z.infer<typeof LaneMemory>;

/** A check that failed and then passed on the same tree. */
export const FlakyCheck = z.strictObject({
  check: z.string(),
  count: z.int().min(1),
  firstAt: Instant,
  lastAt: Instant,
  /** The newest few that it held up. */
  tickets: z.array(TicketId),
  /** The draft that was filed for it. */
  filed: TicketId.optional(),
});
export type FlakyCheck = z.infer<typeof FlakyCheck>;

export const Session = z.strictObject({
  id: z.string(),
  startedAt: Instant,
  endedAt: Instant.optional(),
  stage: z.string(),
  scouted: z.array(z.string()).default([]),
  skipped: z.array(z.string()).default([]),
  modelCalls: z.int().min(0).default(0),
});
export type Session = z.infer<typeof Session>;
