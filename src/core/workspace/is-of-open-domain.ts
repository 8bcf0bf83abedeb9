import type { Workspace } from "../../contract/config.ts";
import { listOpenDomains } from "./list-open-domains.ts";

/**
 * Whether what belongs to this domain and this ticket may be told outside the operator's own terminal. What is of no domain may;
 * a domain that mos.yaml does not name is not known to be open.
 */
export function isOfOpenDomain(
  workspace: Pick<Workspace, "domains" | "operator">,
  { domain, ticket }: { readonly domain?: string | undefined; readonly ticket?: string | undefined },
): boolean {
  const open = listOpenDomains(workspace);
  if (domain !== undefined && !open.some(({ name }) => name === domain)) return false;
  return ticket === undefined || open.some(({ prefix }) => ticket.startsWith(`${prefix}-`));
}
