import { z } from "zod";
import { RepoPath } from "../../contract/id.ts";
import { Authority, PageKind } from "../../contract/knowledge.ts";
import { parseCitation } from "./parse-citation.ts";

const WikiPath = RepoPath.refine((path) => path.startsWith("wiki/") && path.endsWith(".md"), "a page lies below wiki/ and ends in .md");

/**
 * One edit of a page, as a librarian's ticket hands it to the chore program: data in JSON, never text that a shell or a
 * reader interprets.
 */
export const ClaimOrder = z.strictObject({
  page: WikiPath,
  claim: z.string().min(1).max(1000),
  /** As written in a footnote. */
  citations: z
    .array(z.string().refine((raw) => parseCitation(raw).kind === "citation", "not a citation"))
    .min(1)
    .max(10),
  authority: Authority,
  updated: z.iso.date(),
  supersedes: z.string().min(1).optional(),
  /** The page is made when it is missing, and listed in the index. */
  create: z.strictObject({ title: z.string().min(1), kind: PageKind, owner: z.string().min(1), lead: z.string().min(1) }).optional(),
});
export type ClaimOrder = z.infer<typeof ClaimOrder>;

/** The command of a librarian's ticket for one order. `verb` is `fix` to do it, `check` to see that it was done. */
export function claimCommand(verb: "fix" | "check", order: ClaimOrder): string {
  return `mos-chore ${verb} wiki-claim --order ${quoteForShell(JSON.stringify(order))}`;
}

/** For `sh`: inside single quotes nothing is special but the single quote itself. */
function quoteForShell(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
