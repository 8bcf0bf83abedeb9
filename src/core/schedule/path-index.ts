import type { CompiledClaim } from "./paths-overlap.ts";
import { createSortedList } from "./sorted-list.ts";

/**
 * Claims by the names that their patterns begin with. Two patterns can only meet where one's beginning is the other's, so
 * that whoever asks looks along its own beginning and below it, and at nothing else. It gives candidates; `claimsOverlap`
 * is the judge.
 */
export interface PathIndex<T extends { readonly claim: CompiledClaim }> {
  add(owner: T): void;
  remove(owner: T): void;
  /** Calls `visit` for each that may overlap `owner`, itself included, some more than once. */
  visitNear(owner: T, visit: (candidate: T) => void): void;
}

export function createPathIndex<T extends { readonly claim: CompiledClaim }>(): PathIndex<T> {
  /** By beginning, with a slash behind it, so that what lies below one follows it in the order of the alphabet. */
  const owners = new Map<string, T[]>();
  const keys = createSortedList<string>((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    add(owner) {
      for (const { key } of owner.claim.patterns) {
        const known = owners.get(key);
        if (known !== undefined) known.push(owner);
        else {
          owners.set(key, [owner]);
          keys.add(key);
        }
      }
    },
    remove(owner) {
      for (const { key } of owner.claim.patterns) {
        const known = owners.get(key);
        const at = known?.indexOf(owner) ?? -1;
        if (known === undefined || at < 0) continue;
        known[at] = known[known.length - 1] as T;
        known.pop();
        if (known.length > 0) continue;
        owners.delete(key);
        keys.remove(key);
      }
    },
    visitNear(owner, visit) {
      for (const { key, above } of owner.claim.patterns) {
        for (const shorter of above) owners.get(shorter)?.forEach(visit);
        keys.ascendFrom(key, (next) => {
          if (!next.startsWith(key)) return false;
          owners.get(next)?.forEach(visit);
          return true;
        });
      }
    },
  };
}
