import { z } from "zod";

export const Grade = z.enum(["A", "B", "C", "D", "F"]);
export type Grade = z.infer<typeof Grade>;

/** One finding of the doctor. `fix` is a sentence, safe for an agent to follow. */
export const CheckResult = z.strictObject({
  /** `git-and-node`, `configuration`, `store-integrity` … */
  id: z.string(),
  ok: z.boolean(),
  /** Absent: the workspace's. */
  domain: z.string().optional(),
  reason: z.string(),
  fix: z.string(),
});
export type CheckResult = z.infer<typeof CheckResult>;

export const Diagnosis = z.strictObject({
  /** The worst. */
  grade: Grade,
  passed: z.int(),
  total: z.literal(19),
  domains: z.record(z.string(), Grade),
  checks: z.array(CheckResult),
});
export type Diagnosis = z.infer<typeof Diagnosis>;
