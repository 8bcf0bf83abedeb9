import { z } from "zod";
import { RepoPath } from "../../contract/id.ts";
import { Authority, CitationAnchor, PageKind } from "../../contract/knowledge.ts";
import { parseCitation } from "./parse-citation.ts";

export const WikiPath = RepoPath.refine(
  (path) => path.startsWith("wiki/") && path.endsWith(".md"),
  "a page lies below wiki/ and ends in .md",
);

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
  /** Of those that name lines of a commit: written beside the page together with the claim. */
  anchors: z.array(CitationAnchor).max(10).optional(),
  authority: Authority,
  updated: z.iso.date(),
  supersedes: z.string().min(1).optional(),
  /** The page is made when it is missing, and listed in the index. */
  create: z.strictObject({ title: z.string().min(1), kind: PageKind, owner: z.string().min(1), lead: z.string().min(1) }).optional(),
});
export type ClaimOrder = z.infer<typeof ClaimOrder>;

export const ClaimOrders = z.array(ClaimOrder).min(1).max(100);
export type ClaimOrders = z.infer<typeof ClaimOrders>;

/** Linux takes 128 KiB in one argument. */
const argumentBytesMax = 96 * 1024;

/**
 * The commands of a librarian's ticket for orders of one page, as few as a command's length allows: each costs a
 * process. `verb` is `fix` to do it, `check` to see that it was done.
 */
export function claimCommands(verb: "fix" | "check", orders: readonly ClaimOrder[]): string[] {
  const commands: string[] = [];
  let batch: ClaimOrder[] = [];
  let bytes = 0;
  for (const order of orders) {
    const size = new TextEncoder().encode(quoteForShell(JSON.stringify(order))).length + 1;
    if (batch.length > 0 && bytes + size > argumentBytesMax) {
      commands.push(claimCommand(verb, batch));
      [batch, bytes] = [[], 0];
    }
    batch.push(order);
    bytes += size;
  }
  return batch.length === 0 ? commands : [...commands, claimCommand(verb, batch)];
}

function claimCommand(verb: "fix" | "check", orders: readonly ClaimOrder[]): string {
  return `mos-chore ${verb} wiki-claim --orders ${quoteForShell(JSON.stringify(orders))}`;
}

/** For `sh`: inside single quotes nothing is special but the single quote itself. */
export function quoteForShell(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
