import { z } from "zod";
import { DomainName, RepoPath } from "../../contract/id.ts";

/** One exact text of a file and what it becomes. */
const Edit = z.strictObject({ in: RepoPath, from: z.string().min(1), to: z.string() });

/** One commit as data: what it does to the files, and who did it when. */
export const DemoCommit = z.strictObject({
  /** Days before the day on which the demo is made, and the time of that day (UTC). */
  day: z.int().max(-1),
  at: z
    .string()
    .regex(/^[0-2][0-9]:[0-5][0-9]$/)
    .default("09:00"),
  by: z.string().default("operator"),
  /** A name by which later texts cite this commit: `<<cite name path/to/file "quoted text">>`. */
  id: z.string().optional(),
  tag: z.string().optional(),
  say: z.string().min(1),
  move: z.record(RepoPath, RepoPath).default({}),
  remove: z.array(RepoPath).default([]),
  write: z.record(RepoPath, z.string()).default({}),
  edit: z.array(Edit).default([]),
  append: z.record(RepoPath, z.string()).default({}),
});
export type DemoCommit = z.infer<typeof DemoCommit>;

/** A domain's repository from its first commit to the day of the demo. */
export const DemoHistory = z.strictObject({
  people: z.record(z.string(), z.string().regex(/^[^<>]+ <[^<>@]+@[^<>@]+>$/)).default({}),
  commits: z.array(DemoCommit).min(1),
});
export type DemoHistory = z.infer<typeof DemoHistory>;

/** `demo/demo.yaml`. */
export const DemoPlan = z.strictObject({
  domains: z.array(z.strictObject({ name: DomainName, prefix: z.string(), sealed: z.boolean().default(false) })).min(1),
});
export type DemoPlan = z.infer<typeof DemoPlan>;

/** What stands in a demo workspace so that `mos demo clean` knows it for one. */
export const DemoMark = z.strictObject({ kind: z.literal("master-os-demo"), root: z.string(), madeAt: z.string() });
export type DemoMark = z.infer<typeof DemoMark>;
