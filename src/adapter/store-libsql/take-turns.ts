/** Gives a turn; calling what it resolves to gives the turn back. `undefined`: none came free in time. */
export type TakeTurn = () => Promise<(() => void) | undefined>;

/**
 * Turns for `seats` at once, first come first served, each wait bounded by `waitMs`.
 * Not p-queue: there the body would run in the async context of the one before it, and waiting has no bound.
 */
export function createTurns({ seats, waitMs }: { seats: number; waitMs: number }): TakeTurn {
  const waiting: (() => void)[] = [];
  let free = seats;

  const giveBack = (): (() => void) => {
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    };
  };

  return async () => {
    if (free > 0) {
      free -= 1;
      return giveBack();
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(seat), 1);
        resolve(undefined);
      }, waitMs);
      const seat = () => {
        clearTimeout(timer);
        resolve(giveBack());
      };
      waiting.push(seat);
    });
  };
}
