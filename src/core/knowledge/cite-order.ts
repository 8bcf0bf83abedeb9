import { z } from "zod";
import { CitationAnchor } from "../../contract/knowledge.ts";
import { quoteForShell, WikiPath } from "./claim-order.ts";
import { parseCitation } from "./parse-citation.ts";

const Footnote = z
  .string()
  .max(4000)
  .refine((raw) => parseCitation(raw).kind === "citation", "not a citation");

/** Footnotes of one page that say where the words are now, or that they are gone, and what is kept beside the page of them. Data. */
const CiteOrder = z.strictObject({
  page: WikiPath,
  updated: z.iso.date(),
  cites: z.array(
    z.strictObject({
      /** As the footnote says now. */
      from: Footnote,
      /** The same, where it only gets its entry; with its mark, where the source is gone; without, where it is back. */
      to: Footnote,
      /** Of one that names lines of a commit. */
      anchor: CitationAnchor.optional(),
    }),
  ),
});
export type CiteOrder = z.infer<typeof CiteOrder>;

export const CiteOrders = z.array(CiteOrder).min(1).max(100);
export type CiteOrders = z.infer<typeof CiteOrders>;

/** One command for each page: `fix` to do it, `check` to see that it was done. */
export function citeCommand(verb: "fix" | "check", order: CiteOrder): string {
  return `mos-chore ${verb} wiki-cite --orders ${quoteForShell(JSON.stringify([order]))}`;
}
