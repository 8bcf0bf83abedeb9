import type { Domain, RepoHandle } from "../../contract/config.ts";
import { writeScoutInput, writeScoutQuestion } from "../../core/brief/write-scout-input.ts";
import { tellWiki } from "../../core/search/tell-wiki.ts";
import type { RoleInput } from "../../port/roles.ts";
import type { World } from "../../port/world.ts";
import type { RuleBrief } from "./judge-domain.ts";
import { readLocalDay } from "./local-day.ts";

/** All that a model is told of one tree of a domain (S22): its task, and as data what rules found and what the wiki knows of it. */
export async function tellScout(
  world: Pick<World, "store" | "clock" | "roles" | "search" | "report">,
  {
    domain,
    found,
    repo,
    commit,
  }: { domain: Domain; found: Pick<RuleBrief, "facts" | "decisions" | "guide">; repo: RepoHandle; commit: string },
): Promise<RoleInput[]> {
  const { tickets, earlier } = await world.store.read(async (tx) => ({
    tickets: await tx.tickets.list({ domain: domain.name }),
    earlier: await tx.decisions.list({ domain: domain.name }),
  }));
  const input = writeScoutInput({
    domain: domain.name,
    today: readLocalDay(world.clock.now()),
    tree: { repo: repo.name, branch: repo.branch, commit },
    otherRepos: domain.repos.filter(({ name }) => name !== repo.name).map(({ name }) => name),
    executor: world.roles.choose("executor", domain.name)?.runtime,
    verifier: world.roles.choose("verifier", domain.name)?.runtime,
    found,
    guide: found.guide,
    tickets,
    earlier,
  });
  return [...input, ...(await tellWiki(world, { stage: "scout", domain: domain.name, question: writeScoutQuestion({ found, tickets }) }))];
}
