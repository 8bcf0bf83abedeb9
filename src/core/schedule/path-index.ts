import type { CompiledClaim, Pattern } from "./paths-overlap.ts";
import { findPlace, insertAt, removeAt } from "./sorted-list.ts";

/**
 * Owners of claims by the names that their patterns begin with. Two patterns can only meet where one's beginning is the
 * other's, so that whoever asks looks along its own beginning and below it, and at nothing else. It gives candidates;
 * `claimsOverlap` is the judge.
 */
export interface PathIndex<T> {
  /** The groups of a claim, one for each pattern, until they are given back. */
  open(claim: CompiledClaim): readonly Group<T>[];
  close(groups: readonly Group<T>[]): void;
}

/** Those whose patterns have one beginning; who shares a file by what it says of it is apart from all else. */
export interface Group<T> {
  readonly node: Node<T>;
  readonly sharing: string | undefined;
  users: number;
  /** Each in the order of precedence. */
  claimed: T[] | undefined;
  unheld: T[] | undefined;
}

type Column = "claimed" | "unheld";

/** One beginning. */
interface Node<T> {
  readonly name: string;
  readonly parent: Node<T> | undefined;
  readonly groups: Group<T>[];
  below: Map<string, Node<T>> | undefined;
}

export function createPathIndex<T>(): PathIndex<T> {
  const root = createNode<T>("", undefined);
  return {
    open: ({ patterns, sharings }) => patterns.map((pattern, at) => openGroup(findNode(root, pattern), sharings[at])),
    close(groups) {
      for (const group of groups) {
        group.users -= 1;
        if (group.users === 0) prune(group);
      }
    },
  };
}

/** How two owners stand to each other, below 0 when the first one's claim comes first. It may not change while they are in. */
type Compare<T> = (a: T, b: T) => number;

export function addToGroups<T>(groups: readonly Group<T>[], column: Column, owner: T, compare: Compare<T>): void {
  for (const group of groups) {
    const owners = group[column];
    // A list that begins with one has room for one: most never have more.
    if (owners === undefined || owners.length === 0) group[column] = [owner];
    else insertAt(owners, findPlace(owners, owner, compare), owner);
  }
}

export function removeFromGroups<T>(groups: readonly Group<T>[], column: Column, owner: T, compare: Compare<T>): void {
  for (const { [column]: owners } of groups) {
    const place = owners === undefined ? 0 : findPlace(owners, owner, compare);
    if (owners !== undefined && owners[place] === owner) removeAt(owners, place);
  }
}

/** Of those before `owner` that may overlap it, the last that `fits`. */
export function findBefore<T>(args: {
  groups: readonly Group<T>[];
  owner: T;
  compare: Compare<T>;
  fits: (candidate: T) => boolean;
}): T | undefined {
  const { groups, owner, compare, fits } = args;
  let found: T | undefined;
  visitNear(groups, "claimed", (owners) => {
    for (let place = findPlace(owners, owner, compare) - 1; place >= 0; place -= 1) {
      const candidate = owners[place] as T;
      if (found !== undefined && compare(candidate, found) <= 0) return;
      if (!fits(candidate)) continue;
      found = candidate;
      return;
    }
  });
  return found;
}

/** Calls `visit` for each after `owner` that may overlap it and waits for none, some more than once. */
export function visitUnheldAfter<T>(args: {
  groups: readonly Group<T>[];
  owner: T;
  compare: Compare<T>;
  visit: (candidate: T) => void;
}): void {
  const { groups, owner, compare, visit } = args;
  visitNear(groups, "unheld", (owners) => {
    for (let place = findPlace(owners, owner, compare); place < owners.length; place += 1) visit(owners[place] as T);
  });
}

type VisitOwners<T> = (owners: readonly T[]) => void;

function visitNear<T>(groups: readonly Group<T>[], column: Column, visit: VisitOwners<T>): void {
  for (const { node, sharing } of groups) {
    for (let above = node.parent; above !== undefined; above = above.parent) visitNode(above, column, undefined, visit);
    visitNode(node, column, sharing, visit);
    visitBelow(node, column, visit);
  }
}

function visitBelow<T>({ below }: Node<T>, column: Column, visit: VisitOwners<T>): void {
  if (below === undefined) return;
  for (const next of below.values()) {
    visitNode(next, column, undefined, visit);
    visitBelow(next, column, visit);
  }
}

/** All of a beginning, save those that share it in the same way. */
function visitNode<T>({ groups }: Node<T>, column: Column, except: string | undefined, visit: VisitOwners<T>): void {
  for (const { sharing, [column]: owners } of groups)
    if (owners !== undefined && owners.length > 0 && (except === undefined || sharing !== except)) visit(owners);
}

function findNode<T>(root: Node<T>, { segments, plain }: Pattern): Node<T> {
  let node = root;
  for (let at = 0; at < plain; at += 1) {
    const name = segments[at] as string;
    let next = node.below?.get(name);
    if (next === undefined) {
      next = createNode(name, node);
      node.below ??= new Map();
      node.below.set(name, next);
    }
    node = next;
  }
  return node;
}

function openGroup<T>(node: Node<T>, sharing: string | undefined): Group<T> {
  let group = node.groups.find((one) => one.sharing === sharing);
  if (group === undefined) {
    group = { node, sharing, users: 0, claimed: undefined, unheld: undefined };
    node.groups.push(group);
  }
  group.users += 1;
  return group;
}

function prune<T>(group: Group<T>): void {
  removeAt(group.node.groups, group.node.groups.indexOf(group));
  for (let node: Node<T> | undefined = group.node; node !== undefined; node = node.parent) {
    if (node.groups.length > 0 || (node.below?.size ?? 0) > 0) return;
    node.parent?.below?.delete(node.name);
  }
}

function createNode<T>(name: string, parent: Node<T> | undefined): Node<T> {
  return { name, parent, groups: [], below: undefined };
}
