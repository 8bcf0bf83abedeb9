import { exitCode, MosError } from "../contract/error.ts";
import type { Candidate } from "../contract/knowledge.ts";
import type { Ticket } from "../contract/ticket.ts";
import { indexPath, type WikiFiles } from "../core/knowledge/check-page.ts";
import { compareClaims } from "../core/knowledge/compare-claims.ts";
import { readWiki } from "../core/knowledge/read-wiki.ts";
import type { StoreReader } from "../port/store.ts";
import type { World } from "../port/world.ts";
import { fileLibrarian } from "../stage/distill/file-librarian.ts";
import { chooseDomains } from "./check-wiki.ts";

/**
 * `mos review approve`: the operator stands behind the claim. Files a librarian's ticket with the operator's authority;
 * the claim cites its source and the operator's word of today. What it contradicts or supersedes is struck through when
 * that ticket lands. Only for the operator's own use: an answer that was relayed may not come here.
 *
 * @throws MosError `candidate-unknown` (exit 3), `candidate-settled`
 */
export async function approveCandidate(world: World, args: { id: string }): Promise<{ candidate: Candidate; ticket: Ticket }> {
  const found = await world.store.read((tx) => getOpenCandidate(tx, args.id));
  const [domain] = chooseDomains(world, found.domain);
  if (!domain) throw new Error(`no domain ${found.domain}`);
  const repo = world.git.at(domain.home.path);
  const files = await readWiki(repo, `refs/heads/${domain.home.branch}`);
  const sealedDomains = world.workspace.domains.filter((one) => one.sealed).map((one) => one.name);
  const now = world.clock.now();
  return world.store.write(async (tx) => {
    const candidate = faceStanding(await getOpenCandidate(tx, args.id), files);
    const artifact = await tx.artifacts.get(candidate.source.artifact);
    const artifacts = new Map(artifact ? [[artifact.id, artifact]] : []);
    const [ticket] = await fileLibrarian(tx, { domain, candidates: [candidate], artifacts, files, sealedDomains, now, confirmed: true });
    if (!ticket) throw new Error(`no ticket was filed for ${candidate.id}`);
    const data = { candidate: candidate.id };
    const reason = "approved in review";
    await tx.append({
      kind: "candidate.approved",
      domain: domain.name,
      ticket: ticket.id,
      actor: "operator",
      authority: "operator",
      reason,
      data,
    });
    return { candidate: { ...candidate, status: "ticketed", ticket: ticket.id }, ticket };
  });
}

/**
 * What it contradicts may stand elsewhere by now, or may have come to stand since: the operator's word strikes what stands when it is
 * given.
 */
function faceStanding(candidate: Candidate, files: WikiFiles): Candidate {
  if (candidate.kind !== "contradicts") return candidate;
  const { against: known, ...plain } = candidate;
  const opposed = [...files.pages].flatMap(([page, { claims }]) =>
    claims.flatMap(({ text, line, superseded }) => {
      const likeness = superseded || page === indexPath ? "different" : compareClaims(text, candidate.claim);
      return likeness === "contradicts" || likeness === "close" ? [{ page, line, claim: text }] : [];
    }),
  );
  const against = opposed.find(({ claim }) => claim === known?.claim) ?? opposed[0];
  return against === undefined ? plain : { ...plain, against, target: against.page };
}

/** A candidate that still waits in the review queue. */
export async function getOpenCandidate(tx: StoreReader, id: string): Promise<Candidate> {
  const candidate = await tx.candidates.get(id);
  if (!candidate) {
    throw new MosError({
      code: "candidate-unknown",
      message: `there is no candidate ${JSON.stringify(id)}`,
      hint: "mos review list shows those that wait.",
      exit: exitCode.notFound,
    });
  }
  if (candidate.status === "open" && candidate.route === "review") return candidate;
  throw new MosError({
    code: "candidate-settled",
    message: `${id} does not wait for review: it is ${candidate.status}${candidate.ticket === undefined ? "" : ` with ${candidate.ticket}`}`,
    hint: "mos review list shows those that wait.",
  });
}
