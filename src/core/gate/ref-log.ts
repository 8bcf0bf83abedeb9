/** In a repository's git folder: what the reference-transaction hook noted. One line for each ref that somebody moved. */
export const refLogName = "mos-ref-log";

/** One ref that moved outside a landing. Text of a file that any process of the operator's can write: an indication, no proof. */
export interface RefMove {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly uid: number;
  readonly from: string;
  readonly to: string;
  readonly ref: string;
  /** The command line of the git that did it, as far as it could be seen. */
  readonly command: string;
}

const line = /^(\d{1,12}) (\d{1,10}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) (refs\/\S{1,300}) ?(.*)$/;

/** Lines that do not fit are left out: the file is a hint, and a broken one takes nothing away. */
export function parseRefLog(text: string): RefMove[] {
  return text.split("\n").flatMap((row) => {
    const match = line.exec(row);
    if (!match) return [];
    const [, at, uid, from, to, ref, command] = match as unknown as [string, string, string, string, string, string, string];
    return [{ at: Number(at), uid: Number(uid), from, to, ref, command: command.trim().slice(0, 200) }];
  });
}

/** Who made `commit` the tip of `branch`, when the hook saw it: the newest such line. */
export function findMover(moves: readonly RefMove[], args: { branch: string; commit: string }): RefMove | undefined {
  return moves.findLast((move) => move.ref === `refs/heads/${args.branch}` && move.to === args.commit);
}
