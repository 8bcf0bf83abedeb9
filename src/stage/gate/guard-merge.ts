import type { Ticket } from "../../contract/ticket.ts";
import { findUndone } from "../../core/gate/find-undone.ts";
import type { Repo } from "../../port/git.ts";
import { findDropped, nameSome } from "./find-dropped.ts";

export interface UnsafeMerge {
  readonly kind: "refused";
  readonly reason: string;
  readonly clears: string;
}

/**
 * Whether a merged tree keeps what landed before (G1b), judged by trees alone and not by how the merge was made: the work's
 * base lies behind main, no merge of the work's own dropped what main had, and main changes at those paths only that the work itself
 * changes. `undefined` when it does.
 *
 * @param tree  the merge of `base` (main) and the work, before the gate adds anything of its own
 */
export async function guardMerge(
  git: Repo,
  args: { ticket: Pick<Ticket, "id" | "work">; base: string; tree: string },
): Promise<UnsafeMerge | undefined> {
  const { ticket, base, tree } = args;
  const work = ticket.work;
  if (!work) throw new Error(`${ticket.id} has no work to land`);
  const clears = `its work is done anew on main: mos ticket withdraw ${ticket.id}, and file it again`;
  if (work.base !== base && !(await git.isAncestor({ ancestor: work.base, descendant: base }))) {
    const reason = `its work stands on ${work.base.slice(0, 12)}, which main does not have: merged, it would bring back what main dropped`;
    return { kind: "refused", reason, clears };
  }
  const dropped = await findDropped(git, { main: base, work: work.commit, base: work.base });
  if (dropped) return { kind: "refused", reason: dropped, clears };
  const [merged, own, landed] = await Promise.all([
    git.changedPaths({ from: base, to: tree }),
    git.changedPaths({ from: work.base, to: work.commit }),
    work.base === base ? [] : git.changedPaths({ from: work.base, to: base }),
  ]);
  const undone = findUndone({ merged, work: own, landed });
  if (undone.length === 0) return undefined;
  const reason = `merged, it would undo what landed before in ${nameSome(undone)}, which its work does not change`;
  return { kind: "refused", reason, clears };
}
