import { z } from "zod";
import type { RepoHandle } from "../../contract/config.ts";
import { MosError } from "../../contract/error.ts";
import { CommitId, TicketId } from "../../contract/id.ts";
import type { Ticket } from "../../contract/ticket.ts";
import { findSecrets } from "../../core/gate/find-secrets.ts";
import { leftInSlot } from "../../port/slot.ts";
import type { World } from "../../port/world.ts";
import { workRef } from "./find-kept-work.ts";
import { writeWorkMessage } from "./keep-work.ts";

/** Whose work lies in a slot while a run goes on, and the commit that it was begun at. */
const LeftWork = z.strictObject({ ticket: TicketId, epoch: z.int().min(1), base: CommitId });

export async function noteLeft(world: World, args: { slot: string; ticket: Ticket; base: string }): Promise<void> {
  const { slot, ticket, base } = args;
  await world.store.write((tx) => tx.notes.put({ id: leftInSlot + slot, value: { ticket: ticket.id, epoch: ticket.epoch, base } }));
}

export async function forgetLeft(world: World, slot: string): Promise<void> {
  await world.store.write((tx) => tx.notes.remove(leftInSlot + slot));
}

/**
 * What an attempt whose process died left in its slot is kept behind that attempt's ref, where nobody has used the slot since:
 * the next attempt then begins with it, as with any kept work (T12). No run has looked through it, so what looks like a
 * secret, or is too large to be looked through, stays out. What cannot be had is given up: the work is done anew.
 */
export async function salvageWork(world: World, { ticket, repo }: { ticket: Ticket; repo: RepoHandle }): Promise<void> {
  if (ticket.epoch < 2) return;
  for (let number = 1; number <= world.workspace.config.limits.slotsPerRepo; number += 1) {
    const slot = `${repo.domain}/${repo.name}/${number}`;
    const note = await world.store.read((tx) => tx.notes.get(leftInSlot + slot));
    const left = LeftWork.safeParse(note?.value).data;
    if (left?.ticket !== ticket.id || left.epoch >= ticket.epoch) continue;
    const text = await salvageFrom(world, { ticket, repo, slot, left });
    await forgetLeft(world, slot);
    world.report({ stage: "execute", domain: ticket.domain, ticket: ticket.id, state: "update", text });
  }
}

async function salvageFrom(
  world: World,
  args: { ticket: Ticket; repo: RepoHandle; slot: string; left: z.infer<typeof LeftWork> },
): Promise<string> {
  const { ticket, repo, slot, left } = args;
  const ref = workRef(ticket.id, left.epoch);
  if ((await world.git.at(repo.path).resolve(ref)) !== undefined) return `attempt ${left.epoch} had kept its work`;
  try {
    const kept = await world.slots.withLeft({ repo, slot, base: left.base }, (found) =>
      found.collect({ message: writeWorkMessage(ticket), ref, inspect: refuseSecrets }),
    );
    if (!kept) return `what attempt ${left.epoch} left is no longer there`;
    return kept.kind === "empty" ? `attempt ${left.epoch} had left nothing` : `goes on with what attempt ${left.epoch} left when it died`;
  } catch (error) {
    if (error instanceof MosError) return `what attempt ${left.epoch} left is given up: ${error.message}`;
    throw error;
  }
}

const windowChars = 10_000;
/** Longer than any credential whose form is known. */
const overlapChars = 4000;

function refuseSecrets(diff: string): void {
  const kinds = new Set<string>();
  for (const line of diff.split("\n")) {
    if (!line.startsWith("+")) continue;
    for (let at = 0; at < line.length; at += windowChars - overlapChars)
      for (const kind of findSecrets(line.slice(at, at + windowChars))) kinds.add(kind);
  }
  if (kinds.size === 0) return;
  throw new MosError({
    code: "work-refused",
    message: `it seems to hold ${[...kinds].join(", ")}`,
    hint: "The ticket is done anew.",
  });
}
