import { z } from "zod";
import { Instant } from "./id.ts";

/** What refused: the tool is not offered; our guard said so; the client's own settings; the box or the relay around it; the client did not start. */
export const ProofLayer = z.enum(["palette", "hook", "settings", "box", "relay", "client"]);
export type ProofLayer = z.infer<typeof ProofLayer>;

export const ProofOutcome = z.enum(["refused", "not-refused", "not-proven"]);
export type ProofOutcome = z.infer<typeof ProofOutcome>;

/** One forbidden thing, tried by one client in one way, by each tool that could do it. */
export const ProofRow = z.strictObject({
  client: z.string(),
  /** How the client was started: the headless role, or `orchestrator`. */
  profile: z.string(),
  /** Who tried: the main session or one that it started. */
  agent: z.enum(["main", "subagent"]),
  /** `as started`, or how the guards were attacked before. */
  way: z.string(),
  guard: z.string(),
  attempt: z.string(),
  /** The worst of its calls'. */
  outcome: ProofOutcome,
  layers: z.array(ProofLayer),
  calls: z.array(z.strictObject({ tool: z.string(), outcome: ProofOutcome, layer: ProofLayer.optional(), words: z.string() })),
});
export type ProofRow = z.infer<typeof ProofRow>;

/** What `mos doctor --prove` found of one client. Not proven unless every row is refused and there are rows. */
export const Proof = z.strictObject({
  client: z.string(),
  state: z.enum(["proven", "not-proven", "absent"]),
  version: z.string().optional(),
  at: Instant,
  /** Of the guards as they were: what is another now has to be proven anew. */
  guards: z.string(),
  reason: z.string(),
  fix: z.string(),
  rows: z.array(ProofRow),
});
export type Proof = z.infer<typeof Proof>;

/** A proof of before, as the doctor tells it. */
export const LastProof = z.strictObject({
  ...Proof.pick({ client: true, state: true, version: true, at: true }).shape,
  /** Why it says nothing any more. */
  stale: z.string().optional(),
});
export type LastProof = z.infer<typeof LastProof>;
