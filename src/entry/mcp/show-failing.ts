import { z } from "zod";
import type { Diagnosis } from "../../contract/doctor.ts";
import { clip } from "./write-answer.ts";

/** A check of the doctor that fails, as a session is told of it. */
export const Failing = z.object({ check: z.string(), domain: z.string().optional(), reason: z.string(), fix: z.string() });

const failingMax = 8;

/** The first of them; the operator sees all with mos doctor. */
export function showFailing({ checks }: Pick<Diagnosis, "checks">): z.infer<typeof Failing>[] {
  const failing = checks.filter(({ ok }) => !ok);
  return failing.slice(0, failingMax).map(({ id, domain, reason, fix }) => ({
    check: id,
    ...(domain === undefined ? {} : { domain }),
    reason: clip(reason, 300),
    fix: clip(fix, 300),
  }));
}
