import { z } from "zod";
import { DomainName, Instant, TicketId } from "./id.ts";

/** The roles that a model may play: each gives one output under a schema (`contract/role.ts`). */
export const ModelRole = z.enum(["scout", "executor", "verifier", "distiller", "librarian", "operator-global"]);
export type ModelRole = z.infer<typeof ModelRole>;

/** What a role may use, by Master OS's own names; a client's own tools are mapped onto these. */
export const AgentTool = z.enum(["read", "search", "edit", "write", "run"]);
export type AgentTool = z.infer<typeof AgentTool>;

/**
 * Why a run gave nothing. `rate-limit` and `overload` are the provider's and may be tried again later; `budget` and
 * `no-progress` are ours; `not-ready` never started (no program, no key, not seen to be able).
 */
export const RunFailure = z.enum([
  "no-output",
  "off-schema",
  "died",
  "timeout",
  "flood",
  "rate-limit",
  "overload",
  "malformed",
  "refused-by-provider",
  "budget",
  "no-progress",
  "secret",
  "cancelled",
  "not-ready",
]);
export type RunFailure = z.infer<typeof RunFailure>;

/** What a model was asked and said, in tokens. Cached input is part of `inputTokens` nowhere: the four are disjoint. */
export const Usage = z.strictObject({
  /** Requests that reached the provider, those that it refused for its load too. */
  requests: z.int().min(0).default(0),
  inputTokens: z.int().min(0).default(0),
  outputTokens: z.int().min(0).default(0),
  cacheReadTokens: z.int().min(0).default(0),
  cacheWriteTokens: z.int().min(0).default(0),
});
export type Usage = z.infer<typeof Usage>;

/** Dollars, always an estimate: by the client's own report, or by the prices of mos.yaml. */
export const CostEstimate = z.strictObject({ usd: z.number().min(0), source: z.enum(["client", "prices"]) });
export type CostEstimate = z.infer<typeof CostEstimate>;

/**
 * One run of one role by one runtime. Written before it starts (`running`), brought up to date while it goes on, and closed
 * once: `done`, `failed`, or `lost` by whoever finds that its process is gone. What a run used counts once, however it ended.
 */
export const AgentRun = z.strictObject({
  /** `run-12`. */
  id: z.string(),
  domain: DomainName,
  role: ModelRole,
  session: z.string().optional(),
  ticket: TicketId.optional(),
  /** The ticket's attempt that it belongs to. */
  epoch: z.int().min(1).optional(),
  /** 1, or 2 for the one retry of an output that was missing or off its schema. */
  attempt: z.int().min(1).default(1),
  runtime: z.string(),
  version: z.string().optional(),
  model: z.string().optional(),
  /** The worker that runs it: `host/pid/start`. */
  owner: z.string(),
  state: z.enum(["running", "done", "failed", "lost"]),
  failure: RunFailure.optional(),
  /** One line; untrusted. */
  message: z.string().max(1000).default(""),
  usage: Usage.prefault({}),
  cost: CostEstimate.optional(),
  turns: z.int().min(0).default(0),
  /** Tools that the model called, by name. */
  toolCalls: z.record(z.string(), z.int().min(0)).default({}),
  denied: z.int().min(0).default(0),
  /** Relative to the state folder. */
  transcript: z.string().optional(),
  /** The client's own name for the conversation, to go on with it. */
  conversation: z.string().optional(),
  startedAt: Instant,
  /** The operator's local day on which it started, `2026-11-20`: what a day's budget is counted by. */
  day: z.iso.date(),
  endedAt: Instant.optional(),
});
export type AgentRun = z.infer<typeof AgentRun>;
