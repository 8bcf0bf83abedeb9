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
  /** The one that follows `value`. */
  after(value: T): T | undefined;
  /** The first of those before `value`, the nearest first, that `fits`; `false` when it gave up after `most`. */
  findBefore(value: T, most: number, fits: (other: T) => boolean): T | undefined | false;
}

const chunkMax = 64;

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

  return {
    get size() {
      return size;
    },
    add(value) {
      const at = chunkFor(value);
      const chunk = chunks[at] as T[];
      insertAt(chunk, findPlace(chunk, value, compare), value);
      size += 1;
      if (chunk.length > chunkMax) chunks.splice(at + 1, 0, chunk.splice(chunkMax / 2));
    },
    remove(value) {
      const at = chunkFor(value);
      const chunk = chunks[at] as T[];
      const place = findPlace(chunk, value, compare);
      if (chunk[place] !== value) return false;
      removeAt(chunk, place);
      size -= 1;
      if (chunk.length === 0 && chunks.length > 1) chunks.splice(at, 1);
      return true;
    },
    first: () => chunks[0]?.[0],
    after(value) {
      const at = chunkFor(value);
      const chunk = chunks[at] as T[];
      const place = findPlace(chunk, value, compare);
      const next = place < chunk.length && compare(chunk[place] as T, value) === 0 ? place + 1 : place;
      return next < chunk.length ? chunk[next] : chunks[at + 1]?.[0];
    },
    findBefore(value, most, fits) {
      let left = most;
      const from = chunkFor(value);
      for (let at = from; at >= 0; at -= 1) {
        const chunk = chunks[at] as T[];
        for (let place = (at === from ? findPlace(chunk, value, compare) : chunk.length) - 1; place >= 0; place -= 1) {
          if (left === 0) return false;
          left -= 1;
          if (fits(chunk[place] as T)) return chunk[place];
        }
      }
      return undefined;
    },
  };
}

/** How many of these, which are in the order of `compare`, come before `value`. */
export function findPlace<T>(values: readonly T[], value: T, compare: (a: T, b: T) => number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(values[middle] as T, value) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** As `splice` would, which makes a list of what it removed each time. */
export function insertAt<T>(values: T[], place: number, value: T): void {
  values.push(value);
  for (let at = values.length - 1; at > place; at -= 1) values[at] = values[at - 1] as T;
  values[place] = value;
}

export function removeAt<T>(values: T[], place: number): void {
  for (let at = place; at < values.length - 1; at += 1) values[at] = values[at + 1] as T;
  values.pop();
}
