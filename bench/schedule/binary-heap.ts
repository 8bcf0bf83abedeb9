/** The textbook's: an array in which nothing comes before what it hangs from. */
export interface BinaryHeap<T> {
  readonly size: number;
  push(value: T): void;
  pop(): T | undefined;
}

export function createBinaryHeap<T>(compare: (a: T, b: T) => number): BinaryHeap<T> {
  const values: T[] = [];
  return {
    get size() {
      return values.length;
    },
    push(value) {
      let at = values.length;
      values.push(value);
      while (at > 0) {
        const above = (at - 1) >>> 1;
        const other = values[above] as T;
        if (compare(other, value) <= 0) break;
        values[at] = other;
        at = above;
      }
      values[at] = value;
    },
    pop() {
      const first = values[0];
      const last = values.pop();
      if (last === undefined || values.length === 0) return first;
      let at = 0;
      for (let below = 1; below < values.length; below = 2 * at + 1) {
        if (below + 1 < values.length && compare(values[below + 1] as T, values[below] as T) < 0) below += 1;
        const other = values[below] as T;
        if (compare(last, other) <= 0) break;
        values[at] = other;
        at = below;
      }
      values[at] = last;
      return first;
    },
  };
}
