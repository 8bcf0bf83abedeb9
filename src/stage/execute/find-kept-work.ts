import type { Ticket } from "../../contract/ticket.ts";
import type { Repo } from "../../port/git.ts";

/** What an earlier attempt left: of this ticket, or of the one that it takes the place of. */
export interface KeptWork {
  readonly ticket: string;
  readonly epoch: number;
  readonly commit: string;
}

/** Where an attempt begins. */
export type Start =
  /** At main: nothing was kept, or nothing of it is left to be done. */
  | { readonly kind: "main"; readonly commit: string; readonly main: string }
  /** At main with the kept work on it, as one commit. */
  | { readonly kind: "kept"; readonly commit: string; readonly main: string; readonly kept: KeptWork }
  /** At main: the kept work no longer fits onto it. */
  | {
      readonly kind: "conflict";
      readonly commit: string;
      readonly main: string;
      readonly kept: KeptWork;
      readonly paths: readonly string[];
    };

export function workRef(ticket: string, epoch: number): string {
  return `refs/mos/work/${ticket}/${epoch}`;
}

/** The newest attempt before this one that left anything; else the newest of the predecessor. */
export async function findKeptWork(git: Repo, ticket: Pick<Ticket, "id" | "epoch" | "provenance">): Promise<KeptWork | undefined> {
  const own = await findNewest(git, ticket.id, ticket.epoch - 1);
  const { predecessor } = ticket.provenance;
  return own ?? (predecessor === undefined ? undefined : findNewest(git, predecessor, Number.MAX_SAFE_INTEGER));
}

async function findNewest(git: Repo, ticket: string, epochMax: number): Promise<KeptWork | undefined> {
  const prefix = `refs/mos/work/${ticket}/`;
  const found = (await git.refs(prefix))
    .map(({ ref, id }) => ({ ticket, epoch: Number(ref.slice(prefix.length)), commit: id }))
    .filter(({ epoch }) => Number.isSafeInteger(epoch) && epoch >= 1 && epoch <= epochMax);
  return found.sort((a, b) => a.epoch - b.epoch).at(-1);
}

/** The kept work brought onto main as it is now, without a checkout. */
export async function planStart(git: Repo, args: { main: string; kept: KeptWork | undefined }): Promise<Start> {
  const { main, kept } = args;
  if (!kept) return { kind: "main", commit: main, main };
  const merged = await git.mergeTree({ ours: main, theirs: kept.commit });
  if (merged.kind === "conflict") return { kind: "conflict", commit: main, main, kept, paths: merged.paths };
  if (merged.tree === (await git.commit(main)).tree) return { kind: "main", commit: main, main };
  const message = `${kept.ticket}: kept of attempt ${kept.epoch}\n`;
  return { kind: "kept", commit: await git.commitTree({ tree: merged.tree, parents: [main], message }), main, kept };
}
