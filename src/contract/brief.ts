import { z } from "zod";
import { RunFailure } from "./agent.ts";
import { CommitId, DomainName, Instant, RepoPath } from "./id.ts";
import { TicketDraft } from "./ticket.ts";

/** A line that can be looked up: `quote` is the text of `line` of `path` at `commit`. */
export const Evidence = z.strictObject({
  repo: z.string().default("home"),
  commit: CommitId,
  path: RepoPath,
  line: z.int().min(1),
  quote: z.string().max(500),
});
export type Evidence = z.infer<typeof Evidence>;

/** One thing that a playbook's `detect` found. `subject` tells two findings of one playbook apart, and is stable. */
export const Finding = z.strictObject({
  playbook: z.string(),
  subject: z.string().min(1).max(300),
  text: z.string().min(1).max(1000),
  repo: z.string().default("home"),
  evidence: z.array(Evidence).max(20),
  /** Values for the playbook's placeholders: a text, or a list of texts. One that is not here is not filled. */
  values: z.record(z.string(), z.union([z.string().max(4000), z.array(z.string().max(1024)).max(200)])).default({}),
});
export type Finding = z.infer<typeof Finding>;

/** A draft that an option plans; `key` and `after` name siblings of the same plan (`decision-key#key`). */
export const PlannedTicket = z.strictObject({
  key: z.string().default("1"),
  /** `key` of a sibling, or `<decision key>` / `<decision key>#<key>` of another decision's ticket in this domain. */
  after: z.array(z.string()).default([]),
  draft: TicketDraft,
  /** Of a model's ticket: those of its paths that are not there yet. What else it names must be. */
  creates: z.array(RepoPath).max(50).optional(),
});
export type PlannedTicket = z.infer<typeof PlannedTicket>;

export const Option = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  label: z.string().min(1).max(120),
  detail: z.string().max(500).default(""),
  /** None: the option decides something that needs no work. */
  tickets: z.array(PlannedTicket).max(20).default([]),
});
export type Option = z.infer<typeof Option>;

/** By a model that saw the tree of `repo`, its evidence looked up; or about its judgement that was not to be had. */
export const Judged = z.strictObject({ repo: z.string() });

/** A question for the operator: multiple choice, the recommended option first. */
export const DecisionCandidate = z.strictObject({
  /** Stable across sessions while the question is the same: `broken-links`, `thread:release-plan`. */
  key: z.string().min(1).max(200),
  question: z.string().min(1).max(300),
  why: z.string().max(1000).default(""),
  /** Higher first. */
  score: z.number(),
  options: z.array(Option).min(1).max(6),
  evidence: z.array(Evidence).max(20).default([]),
  /** Only a playbook's options may be accepted by `--yes`; what asks for judgement is deferred. */
  source: z.enum(["playbook", "judgement"]),
  playbook: z.string().optional(),
  dependsOn: z.array(z.string()).default([]).describe("keys of decisions of this domain whose tickets must land first"),
  /** A model raised it, and said how much it matters (0 to 100); `score` counts that in. */
  judged: z.strictObject({ ...Judged.shape, weight: z.number().min(0).max(100) }).optional(),
});
export type DecisionCandidate = z.infer<typeof DecisionCandidate>;

/** A fact that a scout reports. */
export const Fact = z.strictObject({
  kind: z.enum(["change", "thread", "check", "finding", "ticket", "wiki", "risk"]),
  text: z.string().min(1).max(1000),
  evidence: z.array(Evidence).max(20).default([]),
  score: z.number().default(0),
  judged: Judged.optional(),
});
export type Fact = z.infer<typeof Fact>;

/** What became of asking a model about the tree of one repository. `run` is absent where nothing was started. */
export const JudgedTree = z.strictObject({
  repo: z.string(),
  commit: CommitId,
  at: Instant,
  state: z.enum(["done", "failed"]),
  run: z.string().optional(),
  failure: RunFailure.optional(),
  /** One line; untrusted. */
  message: z.string().max(1000).optional(),
  /** When the provider may be asked again though nothing is new. */
  retryAt: Instant.optional(),
  /** Of what it claimed: evidence that is not there, and what had no other. */
  dropped: z.strictObject({ evidence: z.int().min(0), facts: z.int().min(0), decisions: z.int().min(0) }),
});
export type JudgedTree = z.infer<typeof JudgedTree>;

/** That a model was asked about a domain, and what it came to. */
export const Judgement = z.strictObject({
  runtime: z.string(),
  model: z.string().optional(),
  /** Digest of the facts and questions of rule that it was told, but for what only the passing of time words anew. */
  told: z.string(),
  trees: z.array(JudgedTree),
});
export type Judgement = z.infer<typeof Judgement>;

/** What a scout gives for one domain. */
export const Brief = z.strictObject({
  id: z.string(),
  session: z.string(),
  domain: DomainName,
  at: Instant,
  /** The scout's version and whether a model spoke. */
  scout: z.string(),
  fingerprint: z.string(),
  /** Until when the fingerprint holds (a thread comes due, the rhythm's greatest age). */
  freshUntil: Instant,
  heads: z.record(z.string(), CommitId),
  facts: z.array(Fact),
  decisions: z.array(DecisionCandidate),
  /** Absent: no model was asked. */
  judgement: Judgement.optional(),
});
export type Brief = z.infer<typeof Brief>;
