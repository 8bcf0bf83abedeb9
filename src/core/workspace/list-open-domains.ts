import type { Domain, Workspace } from "../../contract/config.ts";

/** Every domain that is not sealed, the operator's included: what cross-domain roles may know of (DESIGN section 6). */
export function listOpenDomains(workspace: Pick<Workspace, "domains" | "operator">): Domain[] {
  return [...workspace.domains, workspace.operator].filter((domain) => !domain.sealed);
}
