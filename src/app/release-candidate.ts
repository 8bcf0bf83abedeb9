import { MosError } from "../contract/error.ts";
import type { Artifact, Candidate } from "../contract/knowledge.ts";
import type { Ticket } from "../contract/ticket.ts";
import { type WikiFiles, wikiFilesOf } from "../core/knowledge/check-page.ts";
import { choosePage } from "../core/knowledge/choose-page.ts";
import { compareClaims } from "../core/knowledge/compare-claims.ts";
import { nameCandidate } from "../core/knowledge/name-candidate.ts";
import { flattenText } from "../core/knowledge/normalise-text.ts";
import { readWiki } from "../core/knowledge/read-wiki.ts";
import type { World } from "../port/world.ts";
import { fileLibrarian } from "../stage/distill/file-librarian.ts";
import { getOpenCandidate } from "./approve-candidate.ts";
import { chooseDomains } from "./check-wiki.ts";

/**
 * `mos review release`: the operator releases one claim for all domains (K7). Files a ticket of operator-global's in the
 * cross-domain home; the page cites the release, which holds the claim and nothing else of its silo, and the operator's word of
 * today. The domain's own queue is done with it. Nothing is compared away: what the cross-domain wiki says already, or says
 * otherwise, is refused with its place. For the operator's own use: an answer that was relayed may not come here.
 *
 * @throws MosError `candidate-unknown` (exit 3), `candidate-settled`, `candidate-sealed`, `candidate-global`, `release-known`
 */
export async function releaseCandidate(world: World, args: { id: string }): Promise<{ candidate: Candidate; ticket: Ticket }> {
  const { operator } = world.workspace;
  const found = await world.store.read((tx) => getOpenCandidate(tx, args.id));
  refuseSilo(world, found);
  const repo = world.git.at(operator.home.path);
  const head = `refs/heads/${operator.home.branch}`;
  const files =
    (await repo.resolve(`${head}^{commit}`)) === undefined ? wikiFilesOf({ texts: new Map(), paths: [] }) : await readWiki(repo, head);
  refuseKnown(found, files);
  const sealedDomains = world.workspace.domains.filter((one) => one.sealed).map((one) => one.name);
  const now = world.clock.now();
  return world.store.write(async (tx) => {
    const candidate = await getOpenCandidate(tx, args.id);
    const release = makeRelease(candidate, { domain: operator.name, now });
    const global: Candidate = {
      id: nameCandidate(release, releasedLine),
      domain: operator.name,
      claim: candidate.claim,
      confidence: candidate.confidence,
      reason: "the operator released it for all domains",
      target: choosePage({ kind: "learned", claim: candidate.claim }, files),
      source: { artifact: release.id, line: releasedLine, quote: flattenText(candidate.claim) },
      kind: "new",
      route: "operator-global",
      status: "open",
    };
    await tx.artifacts.put(release);
    await tx.append({
      ...{ kind: "artifact.kept", domain: operator.name, actor: "operator", authority: "operator" },
      ...{ reason: "what was released is a source of the cross-domain wiki", data: { artifact: release.id } },
    });
    const artifacts = new Map([[release.id, release]]);
    const [ticket] = await fileLibrarian(tx, {
      domain: operator,
      candidates: [global],
      artifacts,
      files,
      sealedDomains,
      now,
      confirmed: true,
    });
    if (!ticket) throw new Error(`no ticket was filed for ${candidate.id}`);
    const released: Candidate = { ...candidate, status: "approved", route: "operator-global", ticket: ticket.id };
    await tx.candidates.put(released);
    const log = { actor: "operator", authority: "operator", reason: "released for all domains", data: { candidate: candidate.id } };
    await tx.append({ kind: "candidate.released", domain: candidate.domain, ticket: ticket.id, ...log });
    return { candidate: released, ticket };
  });
}

const releasedLine = 2;

/** What crosses is the claim, and whose it was; not its source, which another domain may not read. */
function makeRelease(candidate: Candidate, { domain, now }: { domain: string; now: string }): Artifact {
  const text = `# Released from ${candidate.domain}\n${flattenText(candidate.claim)}\nBy: operator ${now.slice(0, 10)}\n`;
  return { id: `release:${candidate.id}`, domain, kind: "release", source: candidate.domain, at: now, text, distilledAt: now };
}

function refuseSilo(world: World, { id, domain: name }: Candidate): void {
  const [domain] = chooseDomains(world, name);
  if (domain?.sealed !== false) {
    throw new MosError({
      code: "candidate-sealed",
      message: `${name} is sealed: nothing of it reaches the cross-domain wiki.`,
      hint: `mos review approve ${id} writes it into ${name}'s own wiki.`,
    });
  }
  if (name !== world.workspace.operator.name) return;
  throw new MosError({
    code: "candidate-global",
    message: `${id} is in the cross-domain home already.`,
    hint: `mos review approve ${id} writes it there.`,
  });
}

function refuseKnown(candidate: Candidate, files: WikiFiles): void {
  for (const [path, page] of files.pages) {
    for (const { text, line, superseded } of page.claims) {
      const likeness = superseded ? "different" : compareClaims(text, candidate.claim);
      if (likeness === "different") continue;
      const how = likeness === "same" ? "says so already" : "says something near it, and not the same";
      throw new MosError({
        code: "release-known",
        message: `The cross-domain wiki ${how}, in ${path}:${line}: ${text}`,
        hint:
          likeness === "same"
            ? `mos review approve ${candidate.id}, or reject it`
            : `Change ${path} first, or mos review approve ${candidate.id}`,
      });
    }
  }
}
