import type { Domain, RepoHandle } from "../../contract/config.ts";
import type { Decision } from "../../contract/decision.ts";
import type { PlanGround, TreeListing } from "../../core/decision/judge-plan.ts";
import { readChoice } from "../../core/decision/plan-tickets.ts";
import { treeInBox } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";

/** What plans of a model's options are held against, as it is now: main's trees, who verifies, and what guards say of its checks. */
export async function readGround(world: World, domain: Domain, decisions: readonly Decision[]): Promise<PlanGround> {
  const drafts = decisions.flatMap((decision) => readChoice(decision).tickets.map(({ draft }) => draft));
  const trees: Record<string, TreeListing> = {};
  for (const repo of domain.repos) {
    const tree = drafts.some((draft) => draft.repo === repo.name) ? await readTree(world, repo) : undefined;
    if (tree !== undefined) trees[repo.name] = tree;
  }
  const refused = drafts.flatMap(({ repo, accept }) =>
    accept.flatMap(({ run: command }): [string, string][] => {
      const why = command === undefined ? undefined : refuseCommand(world, { domain, repo, command });
      return command === undefined || why === undefined ? [] : [[command, why]];
    }),
  );
  return { trees, hasVerifier: world.roles.choose("verifier", domain.name) !== undefined, refusedCommands: Object.fromEntries(refused) };
}

/** A repository that cannot be read holds nothing for a plan, and stops no other domain's. */
async function readTree(world: World, repo: RepoHandle): Promise<TreeListing | undefined> {
  try {
    const git = world.git.at(repo.path);
    const head = await git.resolve(`refs/heads/${repo.branch}`);
    if (head === undefined) return undefined;
    const entries = await git.listTree(head);
    const isLink = ({ mode }: { mode: string }) => mode === "120000" || mode === "160000";
    const files = new Set(entries.filter((entry) => !isLink(entry)).map(({ path }) => path));
    return { files, folders: listFolders(files), links: new Set(entries.filter(isLink).map(({ path }) => path)) };
  } catch (error) {
    const text = `${repo.lane}: main cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    world.report({ stage: "plan", domain: repo.domain, state: "failed", text });
    return undefined;
  }
}

function listFolders(files: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of files) {
    for (let at = path.lastIndexOf("/"); at > 0 && !folders.has(path.slice(0, at)); at = path.lastIndexOf("/", at - 1)) {
      folders.add(path.slice(0, at));
    }
  }
  return folders;
}

/** A check that a model wrote is one more command of an agent's: the guards judge it as the verifier's. They fail closed. */
function refuseCommand(world: World, { domain, repo, command }: { domain: Domain; repo: string; command: string }): string | undefined {
  const tree = domain.repos.find(({ name }) => name === repo)?.path;
  const agent = { client: "mos", role: "verifier", domain: domain.name, worktree: treeInBox, boxed: true } as const;
  try {
    const decision = world.guard.judge({
      agent,
      call: { tool: "Bash", input: { command }, cwd: treeInBox },
      ...(tree === undefined ? {} : { tree }),
    });
    return decision.decision === "deny" ? decision.reason : undefined;
  } catch (error) {
    return `the guard failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}
