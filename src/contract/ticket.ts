import { z } from "zod";
import { CommitId, DomainName, Instant, RepoPath, TicketId } from "./id.ts";

/** Something that must hold when the ticket is done. With `run`, a command checks it: exit 0 is yes. */
export const AcceptPoint = z.strictObject({ text: z.string().min(1), run: z.string().min(1).optional() });
export type AcceptPoint = z.infer<typeof AcceptPoint>;

/** Why a ticket waits (T2). All but `superseded` and `withdrawn` name what clears them. */
export const CauseKind = z.enum([
  "dependency",
  "verdict",
  "check",
  "conflict",
  "scope",
  "guard",
  "budget",
  "no-progress",
  "crash",
  "capability",
  "question",
  "operator",
  "superseded",
  "withdrawn",
]);
export type CauseKind = z.infer<typeof CauseKind>;

export const Cause = z.strictObject({
  kind: CauseKind,
  /** What will clear it, for a reader: `MUS-11 merges`. Empty only for superseded and withdrawn. */
  clears: z.string(),
  /** The thing itself, where there is one: a ticket's id (dependency, superseded), a check's name. */
  ref: z.string().optional(),
  detail: z.string().optional(),
});
export type Cause = z.infer<typeof Cause>;

export const OpenState = z.enum(["draft", "ready", "in_progress", "verifying"]);
export type OpenState = z.infer<typeof OpenState>;

export const TicketState = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("draft") }),
  z.strictObject({ state: z.literal("ready") }),
  z.strictObject({ state: z.literal("in_progress") }),
  z.strictObject({ state: z.literal("verifying") }),
  z.strictObject({ state: z.literal("merged"), commit: CommitId, receipt: z.string() }),
  z.strictObject({ state: z.literal("blocked"), from: OpenState, causes: z.array(Cause) }),
]);
export type TicketState = z.infer<typeof TicketState>;

/** What an executor handed in: a commit on a base, by one attempt. */
export const Work = z.strictObject({
  epoch: z.int().min(1),
  base: CommitId,
  commit: CommitId,
  tree: CommitId,
});
export type Work = z.infer<typeof Work>;

export const Role = z.enum(["executor", "librarian", "operator-global"]);
export type Role = z.infer<typeof Role>;

/** Where a ticket comes from, and on whose authority it may run (T9). */
export const Provenance = z.strictObject({
  session: z.string().optional(),
  brief: z.string().optional(),
  /** The decision's stable key; without one, only `standing`, `predecessor` or `operator` make a ticket ready. */
  decision: z.string().optional(),
  option: z.string().optional(),
  playbook: z.string().optional(),
  predecessor: TicketId.optional(),
  standing: z.string().optional(),
  /** Whose words its title, text, paths and acceptance are, where a model wrote them: to an agent they are data. */
  words: z.literal("model").optional(),
  /** Candidates of distillation that a librarian's ticket carries. */
  candidates: z.array(z.string()).default([]),
});
export type Provenance = z.infer<typeof Provenance>;

/** Where a domain's threads lie: nothing else is brought up to date by the gate, whatever a ticket names. */
export const threadPath = /^threads\/[^/]+\.md$/;

/** What a draft says, and what an operator may write in a file for `mos ticket new`. */
export const TicketDraft = z.strictObject({
  title: z.string().min(1).max(200),
  domain: DomainName,
  repo: z.string().default("home"),
  body: z.string().max(65_536).default(""),
  /** Paths it may change; empty: the whole repository (T7). */
  touches: z.array(RepoPath).max(500).default([]),
  /** Of these, the files that are only appended to: they do not serialise. */
  appends: z.array(RepoPath).default([]),
  /** Generated files, with the command that makes them. */
  generates: z.array(z.strictObject({ path: RepoPath, run: z.string().min(1) })).default([]),
  dependsOn: z.array(TicketId).max(100).default([]),
  runtime: z.string().default("playbook"),
  role: Role.default("executor"),
  /** Commands of the `playbook` runtime, run in order by `sh -c` in the tool box at the worktree's root. */
  run: z.array(z.string().min(1)).max(100).default([]),
  accept: z
    .array(
      z.union([
        z
          .string()
          .min(1)
          .transform((run) => ({ text: run, run })),
        AcceptPoint,
      ]),
    )
    .max(50)
    .default([]),
  /** Higher goes first. 100 and above is urgent (G6). */
  priority: z.int().min(0).max(1000).default(50),
  /** A thread that this serves: the gate brings its status up to date (K8). */
  thread: RepoPath.regex(threadPath, "a thread is a file threads/NAME.md").optional(),
  /** A doctor's check that this mends: it may run below grade A. */
  repairs: z.string().optional(),
});
export type TicketDraft = z.infer<typeof TicketDraft>;

/** Commits that came to main outside a landing, and are to be none (G7): all after `from`, the last with a receipt, up to `tip`. */
export const TakenBack = z.strictObject({ from: CommitId, tip: CommitId });
export type TakenBack = z.infer<typeof TakenBack>;

/** A ticket as it is stored. Pure data; `core/ticket` alone computes the next one. */
export const Ticket = z.strictObject({
  id: TicketId,
  ...TicketDraft.shape,
  accept: z.array(AcceptPoint),
  /** As it was filed; the gate looks at it again. */
  thread: RepoPath.optional(),
  provenance: Provenance.prefault({}),
  status: TicketState,
  /** Rises by one with every change; each write names the one it read. */
  version: z.int().min(1),
  /** Of the latest attempt; 0 before the first. What an older one hands in is refused. */
  epoch: z.int().min(0),
  /** How many reworks lie behind this ticket in its chain of successors. */
  rework: z.int().min(0).default(0),
  work: Work.optional(),
  /** The latest verdict's outcome, for exactly `commit`. */
  verdict: z.strictObject({ commit: CommitId, outcome: z.enum(["pass", "fail"]), id: z.string() }).optional(),
  successor: TicketId.optional(),
  /** What it takes back. Filed so by an adoption alone: no draft can say it. */
  takesBack: TakenBack.optional(),
  createdAt: Instant,
});
export type Ticket = z.infer<typeof Ticket>;
