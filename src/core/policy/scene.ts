import type { PathFact, Policy, PolicyAgent, PolicyDomain } from "../../contract/policy.ts";
import { foldName } from "./path/paths.ts";

/** What rules look at beside the act: who acts, and where things lie for that agent. */
export interface Scene {
  readonly policy: Policy;
  readonly agent: PolicyAgent;
  readonly own: PolicyDomain | undefined;
  readonly worktree: string | undefined;
  /** Where the agent's own branches lie: `refs/heads/agent/MUS-12/`. */
  readonly branches: string | undefined;
  /** By `asked`. */
  readonly facts: ReadonlyMap<string, PathFact>;
  /** Protected files and folders by absolute path, and by name in any folder: `.claude`, folded. */
  readonly protectedPlaces: readonly string[];
  readonly protectedNames: ReadonlySet<string>;
}

export function openScene(policy: Policy, agent: PolicyAgent, facts: readonly PathFact[]): Scene {
  return {
    policy,
    agent,
    own: agent.domain === undefined ? undefined : policy.domains.find((domain) => domain.name === agent.domain),
    worktree: agent.worktree,
    branches: agent.ticket === undefined ? undefined : `refs/heads/agent/${agent.ticket}/`,
    facts: new Map(facts.map((fact) => [fact.asked, fact])),
    ...splitProtected(policy),
  };
}

type Protected = Pick<Scene, "protectedPlaces" | "protectedNames">;
const known = new WeakMap<readonly string[], Protected>();

/** Once for each policy: its list is long and does not change. */
function splitProtected({ protectedPaths }: Policy): Protected {
  const found = known.get(protectedPaths);
  if (found !== undefined) return found;
  const split: Protected = {
    protectedPlaces: protectedPaths.filter((path) => path.startsWith("/")),
    protectedNames: new Set(protectedPaths.filter((path) => !path.startsWith("/")).map(foldName)),
  };
  known.set(protectedPaths, split);
  return split;
}

/** Whether the agent may write in its worktree at all (DESIGN section 6). */
export function mayWrite(scene: Scene): boolean {
  const { role } = scene.agent;
  return role === "executor" || role === "librarian" || role === "operator-global";
}
