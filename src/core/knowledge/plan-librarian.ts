import type { Artifact, Authority, Candidate, Citation } from "../../contract/knowledge.ts";
import { TicketDraft } from "../../contract/ticket.ts";
import { anchorQuote } from "./anchor-quote.ts";
import { authorityOf, citeArtifact } from "./assess-candidate.ts";
import { indexPath, type WikiFiles } from "./check-page.ts";
import { historyPath } from "./choose-page.ts";
import { type ClaimOrder, claimCommands } from "./claim-order.ts";
import { renderCitation } from "./parse-citation.ts";
import { sidecarPath } from "./sidecar.ts";

/** Claims in one ticket, at most: what a person can still look through. */
export const claimsPerTicketMax = 40;

export interface LibrarianPlan {
  readonly draft: TicketDraft;
  readonly candidates: readonly string[];
}

/**
 * The librarian's tickets for candidates of one domain: each touches exactly the pages that it edits, applies each claim
 * by a command, and is accepted when each page holds it and is sound.
 *
 * @param today      the day that the pages are dated with
 * @param confirmed  the operator stands behind them: the claims get the operator's authority and name the day
 */
export function planLibrarian(args: {
  domain: string;
  candidates: readonly Candidate[];
  artifacts: ReadonlyMap<string, Artifact>;
  files: WikiFiles;
  today: string;
  confirmed?: boolean;
}): LibrarianPlan[] {
  const plans: LibrarianPlan[] = [];
  for (let at = 0; at < args.candidates.length; at += claimsPerTicketMax) {
    plans.push(planTicket(args, args.candidates.slice(at, at + claimsPerTicketMax)));
  }
  return plans;
}

function planTicket(args: Parameters<typeof planLibrarian>[0], candidates: readonly Candidate[]): LibrarianPlan {
  const orders = candidates.map((candidate) => ({ candidate, order: orderOf(args, candidate) }));
  const pages = [...new Set(orders.map(({ order }) => order.page))].sort();
  const ordersOf = (page: string) => orders.flatMap(({ order }) => (order.page === page ? [order] : []));
  const newPages = pages.some((page) => !args.files.pages.has(page));
  const count = orders.length === 1 ? "one claim" : `${orders.length} claims`;
  const draft = TicketDraft.parse({
    title: `Write ${count} into ${pages.length === 1 ? pages[0] : `${pages.length} pages`}`,
    domain: args.domain,
    body: orders
      .map(({ candidate }) => `- ${candidate.id} (${candidate.kind}): ${candidate.claim}`)
      .join("\n")
      .slice(0, 65_000),
    touches: [
      ...pages,
      ...pages.filter((page) => ordersOf(page).some((order) => order.anchors)).map(sidecarPath),
      ...(newPages ? [indexPath] : []),
    ],
    role: candidates.every((candidate) => candidate.route === "operator-global") ? "operator-global" : "librarian",
    run: pages.flatMap((page) => claimCommands("fix", ordersOf(page))),
    accept: pages.flatMap((page) =>
      claimCommands("check", ordersOf(page)).map((run) => ({
        text: `${page} is sound and says what this ticket writes, with its sources`,
        run,
      })),
    ),
    priority: 40,
  });
  return { draft, candidates: candidates.map((candidate) => candidate.id) };
}

function orderOf(args: Parameters<typeof planLibrarian>[0], candidate: Candidate): ClaimOrder {
  const { artifacts, files, today, confirmed = false, domain } = args;
  const artifact = artifacts.get(candidate.source.artifact);
  if (!artifact) throw new Error(`candidate ${candidate.id} names no artifact of ${domain}`);
  const source = citeArtifact(artifact, candidate.source.line, candidate.source.quote);
  const citations: Citation[] = confirmed ? [source, { kind: "operator", date: today }] : [source];
  const authority: Authority = confirmed ? "operator" : authorityOf(artifact);
  const replaces = candidate.kind === "supersedes" || candidate.kind === "contradicts" ? candidate.against?.claim : undefined;
  const missing = !files.pages.has(candidate.target);
  return {
    page: candidate.target,
    claim: candidate.claim,
    citations: citations.map(renderCitation),
    ...anchorSource(artifact, source),
    authority,
    updated: today,
    ...(replaces === undefined ? {} : { supersedes: replaces }),
    ...(missing ? { create: newPage(candidate.target, domain) } : {}),
  };
}

/** A note's artifact is the file as the cited commit has it. */
function anchorSource(artifact: Artifact, source: Citation): Pick<ClaimOrder, "anchors"> {
  if (source.kind !== "commit") return {};
  const { commit, path, from, to } = source;
  return { anchors: [{ repository: "home", commit, path, from, to, ...anchorQuote(artifact.text, source) }] };
}

function newPage(path: string, owner: string): NonNullable<ClaimOrder["create"]> {
  if (path === historyPath) return { title: "History", kind: "history", owner, lead: "What was decided, done and learned, newest last." };
  const stem = path.slice(path.lastIndexOf("/") + 1, -".md".length).replace(/[-_]+/g, " ");
  return { title: stem.charAt(0).toUpperCase() + stem.slice(1), kind: "pattern", owner, lead: "What was learned, newest last." };
}
