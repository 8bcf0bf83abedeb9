import { exitCode, MosError } from "../contract/error.ts";
import type { BoxResult } from "../port/box.ts";
import type { World } from "../port/world.ts";

/**
 * `mos sandbox exec --domain D --ticket T -- CMD…`: runs a command exactly as that ticket's executor would run it, in a clean
 * slot at main's tip. What it changes is gone with the next use of the slot. Throws `ticket-not-found`, `repository-unknown`.
 *
 * @param command  for `sh -c`
 */
export async function runInSandbox(
  world: World,
  args: { domain: string; ticket: string; command: string; onOutput?: (text: string) => void },
): Promise<BoxResult> {
  const ticket = await world.store.read((tx) => tx.tickets.get(args.ticket));
  if (!ticket || ticket.domain !== args.domain) {
    throw new MosError({
      code: "ticket-not-found",
      message: `${args.domain} has no ticket ${args.ticket}`,
      hint: "List them: mos ticket list",
      exit: exitCode.notFound,
    });
  }
  const repo = [...world.workspace.domains, world.workspace.operator]
    .find((one) => one.name === ticket.domain)
    ?.repos.find((one) => one.name === ticket.repo);
  const tip = repo && (await world.git.at(repo.path).resolve(`refs/heads/${repo.branch}^{commit}`));
  if (!repo || !tip) {
    throw new MosError({
      code: "repository-unknown",
      message: `${ticket.domain}/${ticket.repo} is not in mos.yaml, or has no main`,
      hint: "Look at: mos domain list",
      exit: exitCode.notFound,
    });
  }
  return world.slots.withSlot({ repo, purpose: `sandbox ${ticket.id}`, ticket: ticket.id, signal: world.signal }, async (slot) => {
    await slot.prepare(ticket.work?.commit ?? tip);
    return slot.run({
      command: args.command,
      writable: true,
      readOnly: ticket.role === "executor" ? ["wiki"] : [],
      wallMs: world.workspace.config.limits.runSeconds * 1000,
      signal: world.signal,
      ...(args.onOutput ? { onOutput: args.onOutput } : {}),
    });
  });
}
