import type { Workspace } from "../../contract/config.ts";

/**
 * Whether a text of Master OS's own (a reason, an error) speaks of a sealed domain: its name, a path of its repositories
 * or one of its tickets. Such a text is not shown to cross-domain roles. What belongs to a sealed domain is left out by its
 * domain, not by this: this is for texts that name none.
 */
export function mentionsSealed(workspace: Pick<Workspace, "domains">, text: string): boolean {
  return workspace.domains.some(({ sealed, name, prefix, repos }) => {
    if (!sealed) return false;
    const word = new RegExp(`(?<![a-z0-9-])${name}(?![a-z0-9-])|(?<![A-Z0-9])${prefix}-[0-9]`, "i");
    return word.test(text) || repos.some(({ path }) => text.includes(path));
  });
}
