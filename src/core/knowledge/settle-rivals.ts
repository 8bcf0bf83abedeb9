import type { Authority, Candidate } from "../../contract/knowledge.ts";
import { rankOf } from "./add-claim.ts";
import { describeDoubt } from "./assess-candidate.ts";
import { compareClaims } from "./compare-claims.ts";

/** What a claim weighs: the highest authority among its sources, since when one of that authority says it, and which. */
export interface Weight {
  readonly authority: Authority;
  /** An instant. */
  readonly at: string;
  /** The artifact: where all else is equal its name decides, which says nothing, and is the same in any order. */
  readonly artifact: string;
}

/** A candidate that is high by itself. */
export interface Contender {
  readonly candidate: Candidate;
  readonly weight: Weight;
  /** The words of the claim that it says it replaces. */
  readonly supersedes?: string;
  /** Its word is on a page, where it stands or was struck: it is told of only where that changes. */
  readonly written?: true;
}

/** A claim of a page, or one whose ticket is on its way. */
export interface StandingClaim {
  readonly claim: string;
  readonly page: string;
  /** None: its ticket is on its way. */
  readonly line?: number;
  /** Whose word it is, `written`. None: a person wrote it or stands behind it, or it is on its way. It yields to nobody. */
  readonly members?: readonly Contender[];
}

export interface Settlement {
  /** Every contender as it is now, for the librarian or held; of what was written before, what is so no longer. */
  readonly candidates: readonly Candidate[];
  /** Those that are not written at once: what they supersede has its sources on a page first, in the turn before. */
  readonly turns: ReadonlyMap<string, number>;
}

type Likeness = "contradicts" | "close";

interface Unit {
  /** The strongest first. */
  members: Contender[];
  readonly standing?: StandingClaim;
  /** None: a person's. */
  weight?: Weight;
  claim: string;
  /** Its opponents, by how they stand to it. */
  readonly rivals: Map<Unit, Likeness>;
  /** What it says it replaces, and which of its members says so. */
  replaces?: { readonly unit: Unit; readonly by: Contender };
  /** Who replaces it, by the strongest word first. */
  readonly replacedBy: Unit[];
  state: "open" | "deciding" | "stands" | "falls";
  reason?: Reason;
}

type Reason =
  | { readonly kind: "no-target"; readonly by: Contender }
  | { readonly kind: "rival"; readonly likeness: Likeness; readonly against: Unit };

/**
 * Which of the claims that contradict one another is written, whichever came first (K5): the one of higher authority, of equal
 * authority the earlier one. The others wait for a person, with the other side. Who says that it supersedes a claim has it struck,
 * with all that said it until then; who says it again later waits. Of two of one authority and moment that contradict one another, in
 * one source or in two, neither is heard: nor do they add weight to what others say. A function of the set alone: what stands, or was
 * struck by what stands, is weighed with what is new and what waited.
 *
 * @param spent  what `findSpent` gives for `standing`
 */
export function settleRivals(
  contenders: readonly Contender[],
  standing: readonly StandingClaim[],
  spent: readonly Contender[] = [],
): Settlement {
  const torn = findTorn(contenders);
  const { units, aside } = makeUnits([...contenders.filter((one) => !torn.has(one)), ...spent], standing);
  for (const unit of units) decide(unit);
  const written = new Map(units.flatMap((unit) => writeUnit(unit, units).map((candidate) => [candidate.id, candidate] as const)));
  for (const [{ candidate }, reason] of torn) written.set(candidate.id, putOff(candidate, reason));
  for (const by of aside) written.set(by.candidate.id, holdAside(by));
  const turns = units.flatMap((unit) => writersOf(unit).map(({ candidate }) => [candidate.id, turnOf(unit)] as const));
  return { candidates: orderAs(contenders, written), turns: new Map(turns.filter(([, turn]) => turn > 0)) };
}

/** The contenders' first, in their order. */
function orderAs(contenders: readonly Contender[], written: Map<string, Candidate>): Candidate[] {
  const asked = contenders.flatMap(({ candidate }) => written.get(candidate.id) ?? []);
  const ids = new Set(asked.map(({ id }) => id));
  return [...asked, ...[...written.values()].filter(({ id }) => !ids.has(id))];
}

/**
 * What was written and then superseded by what distillation wrote and stands, or by what that superseded: it comes back with who struck
 * it, and is weighed again.
 *
 * @param written  all that was ever written by rule, standing or not
 */
export function findSpent(standing: readonly StandingClaim[], written: readonly Contender[]): Contender[] {
  const here = new Set(standing.flatMap(({ members = [] }) => members.map(({ candidate }) => candidate.id)));
  const spent: Contender[] = [];
  const asked = standing.flatMap(({ members = [] }) => members);
  for (const { supersedes } of asked) {
    if (supersedes === undefined) continue;
    for (const one of written) {
      if (here.has(one.candidate.id) || compareClaims(one.candidate.claim, supersedes) !== "same") continue;
      here.add(one.candidate.id);
      spent.push(one);
      asked.push(one);
    }
  }
  return spent;
}

/**
 * Who is contradicted by the own source, or by another of the same authority and moment, and how: neither is written in silence. What
 * one of them alone says to supersede is no contradiction.
 */
function findTorn(contenders: readonly Contender[]): Map<Contender, string> {
  const momentOf = ({ weight }: Contender) => `${weight.authority} ${weight.at}`;
  const ofMoment = new Map<string, Contender[]>();
  for (const one of contenders) ofMoment.set(momentOf(one), [...(ofMoment.get(momentOf(one)) ?? []), one]);
  const torn = new Map<Contender, string>();
  for (const one of contenders) {
    for (const other of ofMoment.get(momentOf(one)) ?? []) {
      const likeness = compareClaims(one.candidate.claim, other.candidate.claim);
      if (likeness !== "contradicts" && likeness !== "close") continue;
      if (replacesIt(one, other) !== replacesIt(other, one)) continue;
      const { id, claim, source } = other.candidate;
      const place = other.weight.artifact === one.weight.artifact ? `line ${source.line} of its own source` : `${id}, of the same moment`;
      torn.set(one, `it ${likeness === "close" ? "is close to" : "contradicts"} ${place}: ${claim}`);
      break;
    }
  }
  return torn;
}

function replacesIt({ supersedes }: Contender, { candidate }: Contender): boolean {
  return supersedes !== undefined && compareClaims(candidate.claim, supersedes) === "same";
}

/**
 * One for each fact, the strongest first, and whoever says that it supersedes what nobody said before. What stands is not weighed
 * against what stands: that both do is nobody's news.
 */
function makeUnits(contenders: readonly Contender[], standing: readonly StandingClaim[]): { units: Unit[]; aside: Contender[] } {
  const all = standing.map((one): Unit => startUnit(one.claim, [...(one.members ?? [])], one));
  for (const contender of contenders.toSorted(compareContenders)) {
    const { claim } = contender.candidate;
    const fresh = startUnit(claim, [contender]);
    const found: [Unit, Likeness][] = [];
    const same = all.find((unit) => {
      const likeness = compareClaims(unit.claim, claim);
      if (likeness === "contradicts" || likeness === "close") found.push([unit, likeness]);
      return likeness === "same";
    });
    if (same) same.members.push(contender);
    else {
      all.push(fresh);
      for (const [unit, likeness] of found) {
        unit.rivals.set(fresh, likeness);
        fresh.rivals.set(unit, likeness);
      }
    }
  }
  for (const unit of all) unit.members.sort(compareContenders);
  const aside = linkSuperseded(all);
  const units = all.filter(({ standing: page, members }) => page || members.length > 0);
  for (const unit of units) {
    unit.claim = unit.standing?.claim ?? unit.members[0]?.candidate.claim ?? unit.claim;
    const weight = isPersons(unit) ? undefined : unit.members[0]?.weight;
    if (weight) unit.weight = weight;
    for (const rival of unit.rivals.keys()) if (!units.includes(rival)) unit.rivals.delete(rival);
  }
  return { units: units.toSorted(compareUnits), aside };
}

function startUnit(claim: string, members: Contender[], standing?: StandingClaim): Unit {
  return { claim, members, ...(standing ? { standing } : {}), rivals: new Map(), replacedBy: [], state: "open" };
}

/**
 * Who replaces whom, by the strongest word first: of something that was said before it. Who speaks where nobody did is set aside, and
 * is nobody whom another one can supersede. The word of who speaks after the own claim was superseded is heard no more.
 */
function linkSuperseded(units: readonly Unit[]): Contender[] {
  const words = units.flatMap((unit) =>
    unit.members.flatMap((by) => (by.supersedes === undefined ? [] : [{ unit, by, claim: by.supersedes }])),
  );
  const waiting = words.toSorted((a, b) => compareContenders(a.by, b.by));
  const open = new Set(waiting.map(({ by }) => by));
  const isHeard = (old: Unit, by: Contender) =>
    isPersons(old) || old.members.some((one) => !open.has(one) && compareWeights(one.weight, by.weight) <= 0);
  for (let at = 0; at < waiting.length; ) {
    const { unit, by, claim } = waiting[at] as (typeof waiting)[number];
    const first = unit.replacedBy[0]?.replaces;
    const isLate = first !== undefined && compareWeights(by.weight, first.by.weight) > 0;
    const old = units.find((other) => other !== unit && compareClaims(other.claim, claim) === "same");
    if (old ? !isHeard(old, by) : !by.written) {
      at += 1;
      continue;
    }
    if (!isLate && old && !unit.replaces && !isAbove(old, by) && !leadsTo(old, unit)) link(unit, old, by);
    // Who was passed over may have somebody to supersede now.
    waiting.splice(at, 1);
    open.delete(by);
    at = 0;
  }
  for (const { unit, by } of waiting) unit.members.splice(unit.members.indexOf(by), 1);
  return waiting.map(({ by }) => by);
}

/** What a source of higher authority says is not superseded by a word of lower: they are weighed like any two. */
function isAbove(old: Unit, by: Contender): boolean {
  return old.members.some(({ weight }) => rankOf(weight.authority) < rankOf(by.weight.authority));
}

/** By whom replaces whom: of a circle the weakest word is not heard. */
function leadsTo(from: Unit, to: Unit): boolean {
  return from === to || (from.replaces !== undefined && leadsTo(from.replaces.unit, to));
}

function link(unit: Unit, old: Unit, by: Contender): void {
  unit.replaces = { unit: old, by };
  unit.rivals.delete(old);
  old.rivals.delete(unit);
  old.replacedBy.push(unit);
}

function isPersons({ standing }: Pick<Unit, "standing">): boolean {
  return standing !== undefined && standing.members === undefined;
}

/** The stronger first. */
function compareWeights(a: Weight, b: Weight): number {
  return rankOf(a.authority) - rankOf(b.authority) || compareText(a.at, b.at) || compareText(a.artifact, b.artifact);
}

function compareContenders(a: Contender, b: Contender): number {
  return compareWeights(a.weight, b.weight) || compareText(a.candidate.id, b.candidate.id);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareUnits(a: Unit, b: Unit): number {
  if (!a.weight || !b.weight) return Number(a.weight !== undefined) - Number(b.weight !== undefined);
  return compareWeights(a.weight, b.weight) || compareText(a.claim, b.claim);
}

function decide(unit: Unit): void {
  if (unit.state !== "open") return;
  unit.state = "deciding";
  if (unit.replaces?.unit.state === "open") decide(unit.replaces.unit);
  const reason = isPersons(unit) ? undefined : findReason(unit);
  unit.state = reason ? "falls" : "stands";
  if (reason) unit.reason = reason;
}

function findReason(unit: Unit): Reason | undefined {
  const { replaces } = unit;
  const rivals = [...unit.rivals];
  const stronger = rivals.find(([other]) => other.state === "stands" && !findSuperseder(other));
  if (stronger) return { kind: "rival", against: stronger[0], likeness: stronger[1] };
  // What stands on a page is struck by somebody or stays.
  if (replaces && replaces.unit.state !== "stands" && !unit.standing) return { kind: "no-target", by: replaces.by };
  // An order strikes one claim: with more than one to strike, a person decides.
  const struck = rivals.filter(([other]) => other.state === "open" && other.standing);
  const [first] = struck.length > (replaces?.unit.standing ? 0 : 1) ? struck : [];
  return first && { kind: "rival", against: first[0], likeness: first[1] };
}

function findSuperseder({ replacedBy }: Unit): Unit | undefined {
  return replacedBy.find(({ state }) => state === "stands");
}

/**
 * It is superseded, and was struck before, or by what was: nothing of it is written, nobody strikes it again. Unless what it replaces
 * stands on a page, or is to be written: then it is, and has that struck.
 *
 * @param asking  a unit that is spent unless another reason says otherwise
 */
function isSpent(unit: Unit, asking?: Unit): boolean {
  const superseder = findSuperseder(unit);
  if (!superseder || unit.standing) return false;
  const { unit: old, by } = unit.replaces ?? {};
  if (old && old !== asking && (old.standing ? !by?.written : !isSpent(old, unit))) return false;
  if (unit.members.some(({ written }) => written) || superseder.replaces?.by.written) return true;
  return superseder === asking || isSpent(superseder, unit);
}

function turnOf({ replaces }: Unit): number {
  const waits = replaces && !isSpent(replaces.unit) && writersOf(replaces.unit).length > 0;
  return waits ? turnOf(replaces.unit) + 1 : 0;
}

/** The members that are to be written, in the order in which they are: whoever supersedes says so first. */
function writersOf({ members, state, standing, replaces }: Unit): Contender[] {
  if (state !== "stands") return [];
  const due = standing ? members.filter(({ written }) => !written) : members;
  return due.toSorted((a, b) => Number(b === replaces?.by) - Number(a === replaces?.by));
}

function writeUnit(unit: Unit, units: readonly Unit[]): Candidate[] {
  const { reason } = unit;
  if (reason) return unit.members.map((one) => hold(one, reason));
  const superseder = findSuperseder(unit);
  const word = superseder?.replaces?.by;
  const isLate = ({ weight }: Contender) => word !== undefined && compareWeights(weight, word.weight) > 0;
  const late = superseder ? unit.members.filter(isLate) : [];
  const held = superseder ? late.map((one) => hold(one, { kind: "rival", likeness: "contradicts", against: superseder })) : [];
  const due = writersOf(unit).filter((one) => !late.includes(one));
  if (superseder && isSpent(unit))
    return [...held, ...due.filter(({ written }) => !written).map(({ candidate }) => absorb(candidate, superseder))];
  return [...held, ...due.map((one, index) => write(one, index, unit, units))];
}

function write(one: Contender, index: number, unit: Unit, units: readonly Unit[]): Candidate {
  const { standing, replaces } = unit;
  const { against: _against, held: _held, ticket: _ticket, ...plain } = one.candidate;
  const reason = one.written ? revivedReason : one.candidate.held ? raisedReason : one.candidate.reason;
  const base: Candidate = { ...plain, confidence: "high", route: "librarian", status: "open", reason };
  if (one === replaces?.by && !isSpent(replaces.unit))
    return { ...base, kind: "supersedes", target: pageOf(replaces.unit) ?? base.target, ...againstOf(replaces.unit) };
  if (standing) return { ...base, kind: "confirms", target: standing.page, ...(standing.line === undefined ? {} : againstOf(unit)) };
  if (index > 0) return { ...base, kind: "confirms", target: targetOf(unit) ?? base.target };
  const struck = units.find(({ standing: page, reason: why }) => page && why && "against" in why && findStriker(why.against) === unit);
  if (!struck) return { ...base, kind: "new" };
  return { ...base, kind: "contradicts", target: pageOf(struck) ?? base.target, ...againstOf(struck), reason: strongerReason };
}

/** An order strikes one claim: who supersedes another has that struck, and of all that are written so the first strikes the rival. */
function findStriker(stronger: Unit): Unit {
  const heir = isSpent(stronger) ? findSuperseder(stronger) : undefined;
  if (heir) return findStriker(heir);
  const old = stronger.replaces?.unit;
  return old && !old.standing && !isSpent(old) ? findStriker(old) : stronger;
}

/** Where the first of them is written. */
function targetOf(unit: Unit): string | undefined {
  const { replaces } = unit;
  return (replaces && !isSpent(replaces.unit) ? pageOf(replaces.unit) : undefined) ?? writersOf(unit)[0]?.candidate.target;
}

function pageOf({ standing, members }: Unit): string | undefined {
  return standing?.page ?? members[0]?.candidate.target;
}

const strongerReason = "its source is of higher authority than what it contradicts, or earlier; the other side is up for review";
const raisedReason = "what it contradicted stands no more, or weighs less than what says it now";
const revivedReason = "what superseded it stands no more";

function againstOf(unit: Unit): Pick<Candidate, "against"> {
  const page = pageOf(unit);
  return page === undefined ? {} : { against: { page, line: unit.standing?.line ?? 1, claim: unit.claim } };
}

/** It says what was superseded after it said so: nothing is left to write. */
function absorb(candidate: Candidate, superseder: Unit): Candidate {
  const { against: _against, held: _held, ticket: _ticket, ...plain } = candidate;
  const reason = `what it says was superseded: ${placeOf(superseder)} says: ${superseder.claim}`;
  return { ...plain, confidence: "high", route: "librarian", status: "written", reason };
}

function hold({ candidate }: Contender, reason: Reason): Candidate {
  const { against: _against, ...plain } = putOff(candidate, describeReason(reason));
  if (reason.kind === "no-target") return { ...plain, kind: "new" };
  const { against } = reason;
  const place = against.standing && against.standing.line !== undefined ? againstOf(against) : {};
  return { ...plain, target: against.standing?.page ?? candidate.target, ...place };
}

function holdAside(by: Contender): Candidate {
  return hold(by, { kind: "no-target", by });
}

function putOff(candidate: Candidate, reason: string): Candidate {
  const { against: _against, ticket: _ticket, ...plain } = candidate;
  return { ...plain, kind: "contradicts", confidence: "medium", route: "review", status: "open", reason, held: true };
}

function describeReason(reason: Reason): string {
  if (reason.kind === "no-target")
    return `it says that it supersedes ${JSON.stringify(reason.by.supersedes)}, which no page of this wiki says`;
  const says = `${placeOf(reason.against)} says: ${reason.against.claim}`;
  return describeDoubt(reason.likeness, says);
}

/** Where a person finds it: a page and line, the page that it is written to, or the candidate. */
function placeOf(unit: Unit): string {
  const { standing, members } = unit;
  if (standing) return standing.line === undefined ? standing.page : `${standing.page}:${standing.line}`;
  return (unit.state === "stands" ? targetOf(unit) : members[0]?.candidate.id) ?? "";
}
