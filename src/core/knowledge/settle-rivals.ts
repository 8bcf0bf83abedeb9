import type { Authority, Candidate } from "../../contract/knowledge.ts";
import { rankOf } from "./add-claim.ts";
import { describeDoubt } from "./assess-candidate.ts";
import { compareClaims } from "./compare-claims.ts";

/** What a claim weighs: the highest authority among its sources, since when one of that authority says it, and which. */
export interface Weight {
  readonly authority: Authority;
  /** An instant. */
  readonly at: string;
  /** The artifact: of two of one moment its name decides, which says nothing, and is the same in any order. */
  readonly artifact: string;
}

/** A candidate that is high by itself. */
export interface Contender {
  readonly candidate: Candidate;
  readonly weight: Weight;
  /** The words of the claim that it says it replaces. */
  readonly supersedes?: string;
}

/** A claim of a page, or one whose ticket is on its way. */
export interface StandingClaim {
  readonly claim: string;
  readonly page: string;
  /** None: its ticket is on its way. */
  readonly line?: number;
  /** None: a person wrote it or stands behind it, or it is on its way. It yields to nobody. */
  readonly weight?: Weight;
}

export interface Settlement {
  /** Every contender, as it is now: for the librarian, or held. */
  readonly candidates: readonly Candidate[];
  /** Those that are written last: what they supersede is not on a page yet, and has its sources there first. */
  readonly last: ReadonlySet<string>;
  /** Claims that stood until a stronger one came, and that one's words: whoever said them is heard by a person. */
  readonly displaced: readonly { readonly standing: StandingClaim; readonly by: Candidate }[];
}

interface Unit {
  readonly members: readonly Contender[];
  readonly standing?: StandingClaim;
  readonly weight: Weight | undefined;
  readonly claim: string;
  /** Its opponents, by how they stand to it. */
  readonly rivals: Map<Unit, "contradicts" | "close">;
  replaces?: Unit;
  state: "open" | "deciding" | "stands" | "falls";
  reason?: { readonly text: string; readonly against?: Unit };
}

/**
 * Which of the claims that contradict one another is written, whichever came first (K5): the one of higher authority, of equal
 * authority the earlier one. The others wait for a person, with the other side. A source that contradicts itself is heard for
 * neither: it adds no weight to a claim that others say. A function of the set alone: what stood before is weighed like what is new,
 * and what waited is weighed again.
 */
export function settleRivals(contenders: readonly Contender[], standing: readonly StandingClaim[]): Settlement {
  const torn = findTorn(contenders);
  const units = makeUnits(
    contenders.filter((one) => !torn.has(one)),
    standing,
  );
  for (const unit of units) decide(unit);
  const displaced = units.flatMap((unit) => {
    const by = unit.reason?.against;
    const writer = by && writersOf(by)[0];
    return unit.state === "falls" && unit.standing && writer ? [{ standing: unit.standing, by: writer.candidate }] : [];
  });
  const written = new Map(units.flatMap((unit) => writeUnit(unit).map((candidate) => [candidate.id, candidate] as const)));
  for (const [{ candidate }, reason] of torn) written.set(candidate.id, holdTorn(candidate, reason));
  const candidates = contenders.flatMap(({ candidate }) => written.get(candidate.id) ?? []);
  const unwritten = units.filter(({ replaces }) => replaces && !replaces.standing);
  return { candidates, displaced, last: new Set(unwritten.flatMap(writersOf).map(({ candidate }) => candidate.id)) };
}

/** Whose own source says otherwise in another place, and how. What that source itself says to supersede is no contradiction. */
function findTorn(contenders: readonly Contender[]): Map<Contender, string> {
  const ofSource = new Map<string, Contender[]>();
  for (const one of contenders) ofSource.set(one.weight.artifact, [...(ofSource.get(one.weight.artifact) ?? []), one]);
  const torn = new Map<Contender, string>();
  for (const one of contenders) {
    for (const other of ofSource.get(one.weight.artifact) ?? []) {
      const likeness = compareClaims(one.candidate.claim, other.candidate.claim);
      if (likeness !== "contradicts" && likeness !== "close") continue;
      if (replacesIt(one, other) || replacesIt(other, one)) continue;
      const { claim, source } = other.candidate;
      torn.set(one, `its own source says ${likeness === "close" ? "nearly the same" : "otherwise"} in line ${source.line}: ${claim}`);
      break;
    }
  }
  return torn;
}

function replacesIt({ supersedes }: Contender, { candidate }: Contender): boolean {
  return supersedes !== undefined && compareClaims(candidate.claim, supersedes) === "same";
}

/** One for each fact, the strongest first. What stands is not weighed against what stands: that both do is nobody's news. */
function makeUnits(contenders: readonly Contender[], standing: readonly StandingClaim[]): Unit[] {
  type Group = Pick<Unit, "claim" | "rivals" | "standing"> & { members: Contender[] };
  const groups: Group[] = standing.map((one) => ({ claim: one.claim, members: [], rivals: new Map(), standing: one }));
  const rivalry: [Group, Group, "contradicts" | "close"][] = [];
  for (const contender of contenders.toSorted((a, b) => compareWeights(a.weight, b.weight) || (a.candidate.id < b.candidate.id ? -1 : 1))) {
    const { claim } = contender.candidate;
    const fresh: Group = { claim, members: [contender], rivals: new Map() };
    const found: typeof rivalry = [];
    const same = groups.find((group) => {
      const likeness = compareClaims(group.claim, claim);
      if (likeness === "contradicts" || likeness === "close") found.push([group, fresh, likeness]);
      return likeness === "same";
    });
    if (same) same.members.push(contender);
    else {
      groups.push(fresh);
      rivalry.push(...found);
    }
  }
  const units = new Map(groups.map((group): [Group, Unit] => [group, { ...group, weight: weighGroup(group), state: "open" }]));
  for (const [one, other, likeness] of rivalry) {
    const [a, b] = [units.get(one), units.get(other)];
    if (!a || !b) continue;
    a.rivals.set(b, likeness);
    b.rivals.set(a, likeness);
  }
  const all = [...units.values()];
  for (const unit of all) if (unit.members.length > 0) linkSuperseded(unit, all);
  return all.toSorted(compareUnits);
}

function linkSuperseded(unit: Unit, units: readonly Unit[]): void {
  const words = unit.members.find(({ supersedes }) => supersedes !== undefined)?.supersedes;
  const old = words === undefined ? undefined : units.find((other) => other !== unit && compareClaims(other.claim, words) === "same");
  if (old === undefined) return;
  unit.replaces = old;
  unit.rivals.delete(old);
  old.rivals.delete(unit);
}

function weighGroup({ members, standing }: Pick<Unit, "members" | "standing">): Weight | undefined {
  if (standing && !standing.weight) return undefined;
  const weights = [...(standing?.weight ? [standing.weight] : []), ...members.map(({ weight }) => weight)];
  return weights.toSorted(compareWeights)[0];
}

/** The stronger first. */
export function compareWeights(a: Weight, b: Weight): number {
  return rankOf(a.authority) - rankOf(b.authority) || compareText(a.at, b.at) || compareText(a.artifact, b.artifact);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareUnits(a: Unit, b: Unit): number {
  if (!a.weight || !b.weight) return Number(a.weight !== undefined) - Number(b.weight !== undefined);
  return compareWeights(a.weight, b.weight) || (a.claim < b.claim ? -1 : 1);
}

function decide(unit: Unit): void {
  if (unit.state !== "open") return;
  unit.state = "deciding";
  if (unit.replaces?.state === "open") decide(unit.replaces);
  const declares = unit.members.find(({ supersedes }) => supersedes !== undefined);
  const rivals = [...unit.rivals];
  const stronger = rivals.find(([other]) => other.state === "stands");
  // An order strikes one claim: with more than one to strike, a person decides.
  const struck = rivals.filter(([other]) => other.state === "open" && other.standing);
  const [first] = struck;
  if (declares && !unit.standing && unit.replaces?.state !== "stands") {
    fall(unit, `it says that it supersedes ${JSON.stringify(declares.supersedes)}, which no page of this wiki says`);
  } else if (stronger) {
    fallTo(unit, ...stronger);
  } else if (first && (struck.length > 1 || unit.replaces)) {
    fallTo(unit, ...first);
  } else {
    unit.state = "stands";
  }
}

function fallTo(unit: Unit, other: Unit, likeness: "contradicts" | "close"): void {
  const { standing } = other;
  const where = standing ? `${standing.page}${standing.line === undefined ? "" : `:${standing.line}`}` : other.members[0]?.candidate.id;
  fall(unit, describeDoubt(likeness, `${where} says: ${other.claim}`), other);
}

function fall(unit: Unit, text: string, against?: Unit): void {
  unit.state = "falls";
  unit.reason = against ? { text, against } : { text };
}

/** The members in the order in which they are written: whoever supersedes says so first. */
function writersOf({ members, state }: Unit): Contender[] {
  if (state !== "stands") return [];
  return members.toSorted((a, b) => Number(b.supersedes !== undefined) - Number(a.supersedes !== undefined));
}

function writeUnit(unit: Unit): Candidate[] {
  if (unit.state === "falls") return unit.members.map(({ candidate }) => hold(candidate, unit));
  const { standing } = unit;
  const struck =
    unit.replaces ?? [...unit.rivals.keys()].find((other) => other.state === "falls" && other.standing && other.reason?.against === unit);
  return writersOf(unit).map(({ candidate, supersedes }, index) => {
    const { against: _against, held: _held, ...plain } = candidate;
    const base: Candidate = { ...plain, confidence: "high", route: "librarian", reason: candidate.held ? raisedReason : candidate.reason };
    const isSuperseding = supersedes !== undefined && unit.replaces?.standing !== undefined;
    if (standing && !(index === 0 && isSuperseding))
      return { ...base, kind: "confirms", target: standing.page, ...(standing.line === undefined ? {} : againstOf(unit)) };
    if (index === 0 && struck) {
      const target = struck.standing?.page ?? struck.members[0]?.candidate.target ?? base.target;
      if (supersedes !== undefined) return { ...base, kind: "supersedes", target, ...againstOf(struck) };
      return { ...base, kind: "contradicts", target, ...againstOf(struck), reason: strongerReason };
    }
    const target = unit.replaces?.standing?.page ?? unit.replaces?.members[0]?.candidate.target ?? writersOf(unit)[0]?.candidate.target;
    return { ...base, kind: index === 0 ? "new" : "confirms", target: index === 0 ? base.target : (target ?? base.target) };
  });
}

const strongerReason = "its source is of higher authority than what it contradicts, or earlier; the other side is up for review";
const raisedReason = "what it contradicted stands no more, or weighs less than what says it now";

function againstOf({ standing, claim, members }: Unit): Pick<Candidate, "against"> {
  const page = standing?.page ?? members[0]?.candidate.target;
  return page === undefined ? {} : { against: { page, line: standing?.line ?? 1, claim } };
}

function holdTorn(candidate: Candidate, reason: string): Candidate {
  const { against: _against, ...plain } = candidate;
  return { ...plain, kind: "contradicts", confidence: "medium", route: "review", reason, held: true };
}

function hold(candidate: Candidate, { reason, members }: Unit): Candidate {
  const { against: _against, ...plain } = candidate;
  const other = reason?.against;
  const kind = other ? "contradicts" : members.some(({ supersedes }) => supersedes !== undefined) ? "new" : candidate.kind;
  const place = other?.standing && other.standing.line !== undefined ? againstOf(other) : {};
  const target = other?.standing?.page ?? candidate.target;
  return { ...plain, kind, target, ...place, confidence: "medium", route: "review", reason: reason?.text ?? candidate.reason, held: true };
}
