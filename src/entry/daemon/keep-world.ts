import type { World } from "../../port/world.ts";
import type { OpenWorld } from "../compose.ts";

/** A workspace that stays open, and is opened again when mos.yaml changed. */
export interface Keeper {
  /** Refused while too many run already: all of them come again. */
  use<T>(body: (world: World) => Promise<T>): Promise<T>;
  /** The old one is closed when its last body has ended; it stays when the new one cannot be opened: throws why. */
  reopen(): Promise<void>;
  /** After the bodies that run now. */
  close(): Promise<void>;
}

const atOnceMax = 16;

interface Kept {
  readonly opened: OpenWorld;
  readonly users: Set<Promise<unknown>>;
}

/** @param first  the workspace, open; the keeper closes it */
export function createKeeper(first: OpenWorld, open: () => Promise<OpenWorld>): Keeper {
  let kept: Kept = { opened: first, users: new Set() };
  const retire = async ({ opened, users }: Kept) => {
    await Promise.allSettled(users);
    await opened.close();
  };
  return {
    use: async (body) => {
      const { opened, users } = kept;
      if (users.size >= atOnceMax) throw new Error("too much is under way");
      const running = body(opened.world);
      users.add(running);
      try {
        return await running;
      } finally {
        users.delete(running);
      }
    },
    reopen: async () => {
      const old = kept;
      kept = { opened: await open(), users: new Set() };
      await retire(old);
    },
    close: () => retire(kept),
  };
}
