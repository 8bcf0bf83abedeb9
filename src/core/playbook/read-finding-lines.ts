import { z } from "zod";
import { Finding } from "../../contract/brief.ts";
import { RepoPath } from "../../contract/id.ts";

const Place = z.object({ path: RepoPath, line: z.int().min(1).default(1) });

/** A line of a `detect` step. Unknown keys are ignored: a later version may print more. */
const PrintedLine = z.object({
  playbook: z.string().optional(),
  error: z.string().optional(),
  subject: Finding.shape.subject,
  text: Finding.shape.text,
  path: RepoPath.optional(),
  line: z.int().min(1).optional(),
  evidence: z.array(Place).max(20).default([]),
  values: Finding.shape.values,
  settledBy: RepoPath.optional(),
});

/** What a step says it found, not yet looked up. */
export interface FindingLine {
  readonly playbook: string;
  readonly subject: string;
  readonly text: string;
  readonly evidence: readonly { readonly path: string; readonly line: number }[];
  readonly values: Finding["values"];
  /** A file of the domain's home that says it was dealt with. */
  readonly settledBy?: string;
}

const lineCharsMax = 64 * 1024;
const problemsMax = 10;

/**
 * Reads what a `detect` step printed. `owners` says whose findings they are: by the line's `playbook`, or by `whole`
 * when the step belongs to one. A line that is off becomes a problem, the others count.
 */
export function readFindingLines(args: {
  output: string;
  owners: ReadonlyMap<string, readonly string[]>;
  whole: string;
  perPlaybook: number;
}): { lines: FindingLine[]; problems: string[] } {
  const lines: FindingLine[] = [];
  const problems: string[] = [];
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  for (const printed of args.output.split("\n")) {
    if (printed.trim() === "") continue;
    const read = readLine(printed);
    if (typeof read === "string") {
      problems.push(`${[...args.owners.values()].flat().join(", ")}: dropped a line of detect: ${read}`);
      continue;
    }
    for (const playbook of args.owners.get(args.whole) ?? args.owners.get(read.playbook ?? "") ?? []) {
      const count = counts.get(playbook) ?? 0;
      const key = `${playbook}\n${read.subject}`;
      if (count >= args.perPlaybook || seen.has(key)) continue;
      seen.add(key);
      counts.set(playbook, count + 1);
      const first = read.path === undefined ? [] : [{ path: read.path, line: read.line ?? 1 }];
      const { subject, text, values, settledBy } = read;
      const evidence = [...first, ...read.evidence].slice(0, 20);
      lines.push({ playbook, subject, text, evidence, values, ...(settledBy === undefined ? {} : { settledBy }) });
    }
  }
  const shown = problems.slice(0, problemsMax);
  if (problems.length > problemsMax) shown.push(`and ${problems.length - problemsMax} more lines of detect were dropped`);
  return { lines, problems: shown };
}

function readLine(printed: string): z.infer<typeof PrintedLine> | string {
  if (printed.length > lineCharsMax) return `it is longer than ${lineCharsMax} characters`;
  let data: unknown;
  try {
    data = JSON.parse(printed);
  } catch {
    return `it is no JSON: ${printed.slice(0, 80)}`;
  }
  const failed = z.object({ playbook: z.string().default("a chore"), error: z.string() }).safeParse(data);
  if (failed.success) return `${failed.data.playbook} failed: ${failed.data.error}`;
  const parsed = PrintedLine.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "it is off"}`;
}
