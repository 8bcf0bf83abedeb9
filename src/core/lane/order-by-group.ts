/** A ticket that waits to land. */
export interface Queued {
  readonly id: string;
  /** 100 and above is urgent (G6). */
  readonly priority: number;
}

/** How many may go before a ticket that was queued before them. */
export const overtakenMax = 8;

/**
 * The order of a train: urgent ones first (G6), then in the order of the queue, but tickets of one group next to one another,
 * so that a prefix that is red holds up as few others as can be. The first of the queue stays the first, and nobody is
 * overtaken by more than `most` of those behind it: a group that is larger is continued later.
 *
 * @param queued  in the order in which they were queued
 * @param groups  of `groupChanges`; who is in none is a group of its own
 */
export function orderByGroup<T extends Queued>(queued: readonly T[], groups: readonly (readonly string[])[], most = overtakenMax): T[] {
  const groupOf = new Map(groups.flatMap((ids, at) => ids.map((id) => [id, at] as const)));
  const isUrgent = (one: T) => one.priority >= 100;
  return [queued.filter(isUrgent), queued.filter((one) => !isUrgent(one))].flatMap((some) => gather(some, groupOf, most));
}

function gather<T extends Queued>(queued: readonly T[], groupOf: ReadonlyMap<string, number>, most: number): T[] {
  const ordered: T[] = [];
  let left = queued.map((one) => ({ one, overtaken: 0 }));
  for (let head = left.shift(); head !== undefined; head = left.shift()) {
    const group = groupOf.get(head.one.id);
    ordered.push(head.one);
    const stay: typeof left = [];
    // The most often overtaken of those that it would pass decides whether one more may come forward.
    let worst = 0;
    for (const next of left) {
      const comes = group !== undefined && groupOf.get(next.one.id) === group && worst < most;
      if (comes) {
        ordered.push(next.one);
        for (const passed of stay) passed.overtaken += 1;
        worst += stay.length > 0 ? 1 : 0;
      } else {
        stay.push(next);
        worst = Math.max(worst, next.overtaken);
      }
    }
    left = stay;
  }
  return ordered;
}
