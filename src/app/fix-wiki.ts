import type { Domain } from "../contract/config.ts";
import type { WikiProblem } from "../contract/knowledge.ts";
import type { Ticket } from "../contract/ticket.ts";
import type { CiteOrder } from "../core/knowledge/cite-order.ts";
import { openSources } from "../core/knowledge/open-sources.ts";
import { kindOfCite, planCites, planCiteTickets } from "../core/knowledge/plan-cites.ts";
import { readWiki } from "../core/knowledge/read-wiki.ts";
import { sidecarPath } from "../core/knowledge/sidecar.ts";
import { countOf } from "../core/text/count-of.ts";
import { applyTransition } from "../core/ticket/apply-transition.ts";
import { createTicket } from "../core/ticket/create-ticket.ts";
import type { StoreReader } from "../port/store.ts";
import type { World } from "../port/world.ts";
import { checkWiki, chooseDomains, type DomainWikiProblem } from "./check-wiki.ts";

/** A problem, with the librarian's ticket that mends it where one does. */
export interface MendedProblem extends DomainWikiProblem {
  readonly ticket?: string;
}

/**
 * `mos wiki check --fix`: files librarian's tickets, ready to run, that relocate moved citations, mark those whose source is gone
 * and write what is kept beside the pages. Edits nothing itself: the tickets land through the gate like all others. A page that an open ticket of
 * this kind is at already is left to that one, so repeating it files nothing.
 *
 * @throws MosError `domain-unknown`
 */
export async function fixWiki(world: World, args: { domain?: string } = {}): Promise<MendedProblem[]> {
  const mending = new Map<string, string>();
  for (const domain of chooseDomains(world, args.domain)) {
    if (args.domain === undefined && !(await world.git.isRepository(domain.home.path))) continue;
    for (const [page, ticket] of await fixDomain(world, domain)) mending.set(`${domain.name}\n${page}`, ticket);
  }
  const problems = await checkWiki(world, args);
  return problems.map((problem) => {
    const ticket = canMend(problem) ? mending.get(`${problem.domain}\n${problem.page}`) : undefined;
    return ticket === undefined ? problem : { ...problem, ticket };
  });
}

function canMend({ kind, problem }: WikiProblem): boolean {
  if (kind === "citation-moved") return !problem.includes("one of several places");
  return kind === "citation-sidecar" || kind === "citation-stale" || kind === "citation-marked";
}

/** Which ticket is at which page, those that were filed before too. */
async function fixDomain(world: World, domain: Domain): Promise<Map<string, string>> {
  const repo = world.git.at(domain.home.path);
  const tip = await repo.resolve(`refs/heads/${domain.home.branch}^{commit}`);
  if (tip === undefined) return new Map();
  const now = world.clock.now();
  const sources = openSources({ domain, git: world.git, store: world.store, treeish: tip });
  const orders = await planCites(await readWiki(repo, tip), sources, now.slice(0, 10));
  const sealedDomains = world.workspace.domains.filter(({ sealed }) => sealed).map(({ name }) => name);
  const at = new Map<string, string>();
  const filed = await world.store.write(async (tx) => {
    for (const ticket of await listAtWork(tx, domain)) for (const path of ticket.touches) at.set(path, ticket.id);
    const left = orders.filter(({ page }) => !at.has(page) && !at.has(sidecarPath(page)));
    const tickets: { ticket: Ticket; orders: readonly CiteOrder[] }[] = [];
    for (const plan of planCiteTickets(domain.name, left)) {
      const note = { actor: "operator", authority: "standing:librarian", reason: "mos wiki check --fix" };
      const draft = { draft: plan.draft, prefix: domain.prefix, provenance: { standing: "librarian", candidates: [] } };
      const created = await createTicket(tx, { ...draft, sealedDomains, now, ...note });
      const { ticket } = await applyTransition(tx, created.id, { kind: "ready" }, note);
      for (const { page } of plan.orders) at.set(page, ticket.id);
      tickets.push({ ticket, orders: plan.orders });
    }
    return tickets;
  });
  for (const { ticket, orders: done } of filed) {
    const cites = done.flatMap((order) => order.cites);
    const count = (kind: ReturnType<typeof kindOfCite>) => cites.filter((cite) => kindOfCite(cite) === kind).length;
    const marked = count("marked") + count("unmarked");
    const marks = marked === 0 ? "" : `, ${marked} marked as gone or back`;
    const text = `${ticket.id} is filed: ${countOf(count("moved"), "citation")} relocated${marks}, ${count("kept")} get their hashes. mos run lands it.`;
    world.report({ stage: "wiki", domain: domain.name, state: "done", text });
  }
  return at;
}

/** Librarian's tickets of this kind that have not come to their end. */
async function listAtWork(tx: StoreReader, domain: Domain): Promise<Ticket[]> {
  const all = await tx.tickets.list({ domain: domain.name });
  return all.filter(({ role, status, run, successor }) => {
    if (role !== "librarian" || successor !== undefined || !run.some((command) => command.includes(" wiki-cite "))) return false;
    if (status.state === "merged") return false;
    return status.state !== "blocked" || !status.causes.some(({ kind }) => kind === "withdrawn" || kind === "superseded");
  });
}
