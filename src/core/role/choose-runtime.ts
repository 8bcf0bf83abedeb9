import type { ModelRole } from "../../contract/agent.ts";
import type { Domain, RoleConfig, Workspace } from "../../contract/config.ts";
import type { RoleChoice } from "../../port/roles.ts";
import { worksOnTickets } from "./role-table.ts";

/** The runtime of chores: named for a role, it says that no model speaks in it. */
const noModel = "playbook";

/**
 * Who plays a role in a domain by configuration (R1, R2). The domain's own word comes first, then, for those who do tickets, its
 * `runtime`, then the workspace's. A sealed domain has its own words alone. `undefined`: no model speaks there.
 */
export function chooseRuntime(workspace: Workspace, role: ModelRole, domain: string): RoleChoice | undefined {
  const found = findDomain(workspace, domain);
  if (!found || !mayPlay(role, found)) return undefined;
  const ofDomain = found.roles[role] ?? (worksOnTickets(role) && found.runtime !== noModel ? { runtime: found.runtime } : undefined);
  if (ofDomain) return readChoice(workspace, ofDomain);
  return found.sealed ? undefined : chooseByDefault(workspace, role);
}

/** What the workspace says for every domain that says nothing itself and is not sealed. */
export function chooseByDefault(workspace: Workspace, role: ModelRole): RoleChoice | undefined {
  return readChoice(workspace, workspace.config.roles[role]);
}

/**
 * The same, where a ticket names who does it (R3): its word wins over configuration, and the configured model goes with the
 * configured runtime alone. A sealed domain's ticket names what its own configuration names, or nobody.
 */
export function chooseForTicket(
  workspace: Workspace,
  role: ModelRole,
  domain: string,
  runtime: string | undefined,
): RoleChoice | undefined {
  const configured = chooseRuntime(workspace, role, domain);
  if (runtime === undefined || !worksOnTickets(role) || runtime === configured?.runtime) return configured;
  const found = findDomain(workspace, domain);
  if (!found || !mayPlay(role, found) || runtime === noModel) return undefined;
  return found.sealed && runtime !== found.runtime ? undefined : readChoice(workspace, { runtime });
}

/** With the model that the runtime itself is configured for, where the role names none: what a run costs is known by its model. */
function readChoice({ config }: Workspace, named: RoleConfig | undefined): RoleChoice | undefined {
  if (!named || named.runtime === noModel) return undefined;
  const runtime = Object.hasOwn(config.runtimes, named.runtime) ? config.runtimes[named.runtime] : undefined;
  const model = named.model ?? (runtime?.kind === "model" ? runtime.model : undefined);
  return { runtime: named.runtime, ...(model === undefined ? {} : { model }) };
}

/** The cross-domain librarian works in the operator's home and nowhere else; what is sealed is closed to it (I1). */
function mayPlay(role: ModelRole, domain: Domain): boolean {
  return role !== "operator-global" || (domain.name === "operator" && !domain.sealed);
}

function findDomain({ domains, operator }: Workspace, name: string): Domain | undefined {
  return [...domains, operator].find((domain) => domain.name === name);
}
