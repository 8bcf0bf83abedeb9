import { z } from "zod";
import { Role } from "./ticket.ts";

const Id = z.string().regex(/^[a-z][a-z0-9-]*$/);

/**
 * Commands are run by `sh -c` in the tool box, at the root of the tree. `{{name}}` stands for a finding's value, each
 * text of it quoted for the shell; with `per: all` it stands for the distinct values of all findings, in order.
 * `detect` prints findings, one JSON object a line: `{ subject, text, path?, line?, evidence?,
 * values?, settledBy? }`; `settledBy` names a file of the domain's home that, once there, says it was dealt with.
 */
export const PlaybookStep = z.string().min(1).max(4000);

/** A chore as data: detect → decide → run → accept (DESIGN section 6). One YAML file each. */
export const Playbook = z.strictObject({
  id: Id,
  title: z.string().min(1).max(120),
  description: z.string().max(1000).default(""),
  /** `any`: every repository; `code`: those with checks; `wiki`: those with a wiki folder. */
  where: z.enum(["any", "code", "wiki"]).default("any"),
  /** A step run read-only by the scout. Those of one repository that begin with `mos-chore ` share one process. */
  detect: PlaybookStep,
  /** The placeholders that `detect` fills. Given, another name is refused when the file is loaded. */
  values: z.array(z.string().regex(/^[a-z][a-zA-Z0-9]*$/)).optional(),
  decide: z.strictObject({
    /** `finding`: one question for each; `all`: one question for all of this playbook's findings in a repository. */
    per: z.enum(["finding", "all"]).default("all"),
    question: z.string().min(1).max(300),
    why: z.string().max(500).default(""),
    /** Added to the score; priorities in DOMAIN.md add theirs. */
    score: z.number().default(10),
    options: z
      .array(
        z.strictObject({
          id: Id,
          label: z.string().min(1).max(120),
          detail: z.string().max(500).default(""),
          /** Tickets of this option; none: nothing is done. */
          tickets: z
            .array(
              z.strictObject({
                key: z.string().default("1"),
                after: z.array(z.string()).default([]),
                title: z.string().min(1).max(200),
                body: z.string().default(""),
                role: Role.default("executor"),
                touches: z.array(z.string()).min(1),
                appends: z.array(z.string()).default([]),
                run: z.array(PlaybookStep).min(1),
                accept: z.array(z.strictObject({ text: z.string().min(1), run: PlaybookStep })).min(1),
                priority: z.int().min(0).max(1000).default(50),
                /** Where it is done: in the repository of the findings, or in the domain's home. */
                repo: z.enum(["same", "home"]).default("same"),
                /** A doctor's check that this mends: it may run below grade A. */
                repairs: z.string().optional(),
              }),
            )
            .default([]),
        }),
      )
      .min(1)
      .max(6),
  }),
});
export type Playbook = z.infer<typeof Playbook>;
