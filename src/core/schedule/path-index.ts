import type { CompiledClaim } from "./paths-overlap.ts";

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

interface Node<T> {
  readonly below: Map<string, Node<T>>;
  readonly here: Set<T>;
}

export function createPathIndex<T extends { readonly claim: CompiledClaim }>(): PathIndex<T> {
  const root: Node<T> = createNode();
  return {
    add(owner) {
      for (const { beginning } of owner.claim.patterns) {
        let node = root;
        for (const name of beginning) {
          const next = node.below.get(name) ?? createNode();
          node.below.set(name, next);
          node = next;
        }
        node.here.add(owner);
      }
    },
    remove(owner) {
      for (const { beginning } of owner.claim.patterns) removeAt(root, beginning, 0, owner);
    },
    visitNear(owner, visit) {
      for (const { beginning } of owner.claim.patterns) {
        let node: Node<T> | undefined = root;
        for (const name of beginning) {
          for (const one of node.here) visit(one);
          node = node.below.get(name);
          if (node === undefined) break;
        }
        if (node !== undefined) visitBelow(node, visit);
      }
    },
  };
}

function createNode<T>(): Node<T> {
  return { below: new Map(), here: new Set() };
}

function visitBelow<T>(node: Node<T>, visit: (candidate: T) => void): void {
  for (const one of node.here) visit(one);
  for (const next of node.below.values()) visitBelow(next, visit);
}

/** Nodes that hold nothing any more go with it. */
function removeAt<T>(node: Node<T>, beginning: readonly string[], depth: number, owner: T): void {
  const name = beginning[depth];
  if (name === undefined) {
    node.here.delete(owner);
    return;
  }
  const next = node.below.get(name);
  if (next === undefined) return;
  removeAt(next, beginning, depth + 1, owner);
  if (next.here.size === 0 && next.below.size === 0) node.below.delete(name);
}
