/**
 * Values in the order of `compare`, which must tell any two apart. To add or remove one costs a search and the move of at
 * most `chunkMax` values; to walk costs what is walked. A value's place may not change while it is in.
 */
export interface SortedList<T> {
  readonly size: number;
  add(value: T): void;
  /** Whether it was there. */
  remove(value: T): boolean;
  first(): T | undefined;
  /** From the first on. The list may not change meanwhile. */
  ascend(): Generator<T>;
  /** From the first that is not before `value`, as long as `go` says so. */
  ascendFrom(value: T, go: (other: T) => boolean): void;
  /** The first of those before `value`, the nearest first, that `fits`; `false` when it gave up after `most`. */
  findBefore(value: T, most: number, fits: (other: T) => boolean): T | undefined | false;
}

const chunkMax = 128;

export function createSortedList<T>(compare: (a: T, b: T) => number): SortedList<T> {
  /** None is empty, save the only one. */
  const chunks: T[][] = [[]];
  let size = 0;

  /** The chunk whose first value is the last one not after `value`. */
  const chunkFor = (value: T): number => {
    let [low, high] = [0, chunks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (compare(chunks[middle]?.[0] as T, value) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  /** How many of the chunk come before `value`. */
  const placeIn = (chunk: readonly T[], value: T): number => {
    let [low, high] = [0, chunk.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(chunk[middle] as T, value) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    get size() {
      return size;
    },
    add(value) {
      const at = chunkFor(value);
      const chunk = chunks[at] as T[];
      chunk.splice(placeIn(chunk, value), 0, value);
      size += 1;
      if (chunk.length > chunkMax) chunks.splice(at + 1, 0, chunk.splice(chunkMax / 2));
    },
    remove(value) {
      const at = chunkFor(value);
      const chunk = chunks[at] as T[];
      const place = placeIn(chunk, value);
      if (chunk[place] !== value) return false;
      chunk.splice(place, 1);
      size -= 1;
      if (chunk.length === 0 && chunks.length > 1) chunks.splice(at, 1);
      return true;
    },
    first: () => chunks[0]?.[0],
    *ascend() {
      for (const chunk of chunks) yield* chunk;
    },
    ascendFrom(value, go) {
      const from = chunkFor(value);
      for (let at = from; at < chunks.length; at += 1) {
        const chunk = chunks[at] as T[];
        for (let place = at === from ? placeIn(chunk, value) : 0; place < chunk.length; place += 1) if (!go(chunk[place] as T)) return;
      }
    },
    findBefore(value, most, fits) {
      let left = most;
      const from = chunkFor(value);
      for (let at = from; at >= 0; at -= 1) {
        const chunk = chunks[at] as T[];
        for (let place = (at === from ? placeIn(chunk, value) : chunk.length) - 1; place >= 0; place -= 1) {
          if (left === 0) return false;
          left -= 1;
          if (fits(chunk[place] as T)) return chunk[place];
        }
      }
      return undefined;
    },
  };
}
