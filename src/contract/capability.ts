import { z } from "zod";
import { AgentTool, ModelRole } from "./agent.ts";
import { Instant } from "./id.ts";
import { ProofLayer } from "./proof.ts";

/**
 * Who was looked at: the main session as the client starts by itself, headless; an agent that this one starts; each role as
 * Master OS starts it.
 */
export const CapabilityAgent = z.enum(["main", "subagent", ...ModelRole.options]);
export type CapabilityAgent = z.infer<typeof CapabilityAgent>;

/**
 * What a hook before a tool is worth. `blocks`: also one that fails. `explains`: a denial is honoured, a failing hook lets the
 * tool run. `unheard`: it is installed and never asked. `none`: the client takes none. `not-seen`: no call that it could have
 * stopped was to be had.
 */
export const HookWorth = z.enum(["blocks", "explains", "unheard", "none", "not-seen"]);
export type HookWorth = z.infer<typeof HookWorth>;

/** One call that the scripted model made. `worked` and `refused` were seen; anything else is `unclear`. */
export const ProbedCall = z.strictObject({
  /** As the client offers it, or as it would if it did. */
  tool: z.string(),
  /** `read a file of the tree`. */
  does: z.string(),
  /** Whether the role is to have it. */
  expected: z.enum(["worked", "refused", "either"]),
  outcome: z.enum(["worked", "refused", "unclear"]),
  layer: ProofLayer.optional(),
  /** What the client answered, in one line; untrusted. */
  words: z.string(),
});
export type ProbedCall = z.infer<typeof ProbedCall>;

/** What one kind of agent of one client was seen to be able to do, and not. */
export const Capability = z.strictObject({
  runtime: z.string(),
  version: z.string(),
  agent: CapabilityAgent,
  /** Where the client offers a model of this kind other tools than the one that it takes by itself. */
  model: z.string().optional(),
  /** Tools, read from the model's request. */
  offered: z.array(z.string()),
  /** By Master OS's names: what was seen to work in the tree. */
  works: z.array(AgentTool),
  /** Tools whose forbidden call was seen to be refused. */
  refused: z.array(z.string()),
  /** What a role must not have and was not seen to be refused, in words. */
  open: z.array(z.string()),
  /** Whether it can start another agent, and through how many levels that was seen to go on. */
  spawns: z.boolean(),
  spawnLevels: z.int().min(0),
  /** Whether it can put a question to the person and wait for the answer. */
  asks: z.boolean(),
  hooks: HookWorth,
  /** Whether a hook that fails blocks the tool. */
  hooksBlock: z.boolean(),
  structuredOutput: z.boolean(),
  /** Which tool took it. */
  outputBy: z.string().optional(),
  /** Whether it went on with a conversation of before. */
  resumes: z.boolean(),
  /** What it reports of what it used. */
  cost: z.enum(["dollars", "tokens", "nothing"]),
  calls: z.array(ProbedCall),
  observedAt: Instant,
});
export type Capability = z.infer<typeof Capability>;

/** What `mos agents probe` saw of one client, kept as the note `capability:<runtime>` until another version is seen. */
export const CapabilityMap = z.strictObject({
  runtime: z.string(),
  version: z.string(),
  /** Of how Master OS starts it: another way of starting has to be seen anew. */
  start: z.string(),
  observedAt: Instant,
  rows: z.array(Capability),
  /** What could not be looked at, and why: of these nothing is known. */
  missed: z.array(z.strictObject({ agent: CapabilityAgent, model: z.string().optional(), reason: z.string() })).default([]),
});
export type CapabilityMap = z.infer<typeof CapabilityMap>;
