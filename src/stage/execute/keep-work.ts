import type { RepoHandle } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import type { Ticket, Work } from "../../contract/ticket.ts";
import type { Slot } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";
import { type Start, workRef } from "./find-kept-work.ts";

export type KeptLeftovers =
  | { readonly kind: "work"; readonly work: Work; readonly changed: readonly string[] }
  | { readonly kind: "empty" }
  /** The ticket's fault, not a crash: it may not be handed in as it is. */
  | { readonly kind: "refused"; readonly message: string; readonly hint: string };

/** What the slot says of work that may not be handed in as it is. */
const refusedCodes = new Set(["work-refused", "work-too-large"]);

export function writeWorkMessage({ id, title }: Pick<Ticket, "id" | "title">): string {
  return `${title.replace(/\s+/g, " ")}\n\nTicket: ${id}\n`;
}

/**
 * Whatever the tree holds, as one commit on main behind the attempt's ref: what it was begun with and what was added to it.
 * A crash in between leaves the ref at a commit on the start, whose tree is the same.
 */
export async function keepWork(world: World, args: { ticket: Ticket; repo: RepoHandle; slot: Slot; start: Start }): Promise<KeptLeftovers> {
  const { ticket, repo, slot, start } = args;
  const git = world.git.at(repo.path);
  const ref = workRef(ticket.id, ticket.epoch);
  const message = writeWorkMessage(ticket);
  const collected = await slot.collect({ message, ref }).catch((cause: unknown) => {
    if (cause instanceof MosError && refusedCodes.has(cause.code)) return cause;
    throw cause;
  });
  if (collected instanceof MosError) return { kind: "refused", message: collected.message, hint: collected.hint };
  const tree = collected.kind === "commit" ? collected.tree : (await git.commit(start.commit)).tree;
  const changed = (await git.changedPaths({ from: start.main, to: tree })).map((change) => change.path);
  if (changed.length === 0) return { kind: "empty" };
  const isWhole = collected.kind === "commit" && start.commit === start.main;
  const commit = isWhole ? collected.commit : await git.commitTree({ tree, parents: [start.main], message });
  if (!isWhole) {
    const from = collected.kind === "commit" ? collected.commit : undefined;
    const moved = await git.updateRefs([{ ref, to: commit, from }], `mos: work of ${ref}`);
    if (moved.kind === "stale")
      throw new MosError({ code: "slot-failed", message: `${ref} moved meanwhile: ${moved.detail}`, hint: "Run the ticket again." });
  }
  return { kind: "work", work: { epoch: ticket.epoch, base: start.main, commit, tree }, changed };
}
