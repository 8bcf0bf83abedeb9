import fc from "fast-check";
import { expect, test } from "vitest";
import type { Candidate } from "../../../src/contract/knowledge.ts";
import { type Contender, findSpent, type StandingClaim, settleRivals, type Weight } from "../../../src/core/knowledge/settle-rivals.ts";
import { readSeed, scaleRuns } from "../../support/read-seed.ts";

const seed = readSeed();

const candidateOf = (id: string, claim: string, artifact: string): Candidate => ({
  ...{ id, domain: "music", claim, confidence: "high", reason: "it stands", target: "wiki/history.md", kind: "new" },
  ...{ source: { artifact, line: Number(id.split(".")[1] ?? 1), quote: claim }, route: "librarian", status: "open" },
});
/** `a.2` is the second line of what `a` says. */
const contender = (id: string, claim: string, weight: Omit<Weight, "artifact">, supersedes?: string): Contender => {
  const artifact = `ticket:${id.split(".")[0]}`;
  return {
    candidate: candidateOf(id, claim, artifact),
    weight: { ...weight, artifact },
    ...(supersedes === undefined ? {} : { supersedes }),
  };
};
const written = (...args: Parameters<typeof contender>): Contender => {
  const one = contender(...args);
  return { ...one, candidate: { ...one.candidate, status: "written" }, written: true };
};
const verified = (at: string) => ({ authority: "verified" as const, at });
const noted = (at: string) => ({ authority: "distilled" as const, at });
const six = "The plant needs six weeks for a pressing";
const nine = "The plant needs nine weeks for a pressing";
const routes = ({ candidates }: ReturnType<typeof settleRivals>) => candidates.map(({ id, route, kind }) => `${id} ${route} ${kind}`);

test("K5: of two that contradict one another the higher authority is written, then the earlier; of one moment neither", () => {
  expect(routes(settleRivals([contender("a", six, noted("1")), contender("b", nine, verified("2"))], []))).toEqual([
    "a review contradicts",
    "b librarian new",
  ]);
  expect(routes(settleRivals([contender("a", six, noted("2")), contender("b", nine, noted("1"))], []))).toEqual([
    "a review contradicts",
    "b librarian new",
  ]);
  const equal = settleRivals([contender("a", six, noted("1")), contender("b", nine, noted("1"))], []);
  expect(routes(equal)).toEqual(["a review contradicts", "b review contradicts"]);
  expect(equal.candidates.map(({ held, reason }) => [held, reason])).toEqual([
    [true, `it contradicts b, of the same moment: ${nine}`],
    [true, `it contradicts a, of the same moment: ${six}`],
  ]);
});

test("K5: a source that contradicts itself is heard for neither, and adds nothing to what others say; what it supersedes itself is none", () => {
  const torn = [contender("t.1", six, verified("1")), contender("t.4", nine, verified("1"))];
  const whole = settleRivals([...torn, contender("a", six, noted("2"))], []);
  expect(routes(whole)).toEqual(["t.1 review contradicts", "t.4 review contradicts", "a librarian new"]);
  expect(whole.candidates.map(({ held, reason }) => [held ?? false, reason])).toEqual([
    [true, `it contradicts line 4 of its own source: ${nine}`],
    [true, `it contradicts line 1 of its own source: ${six}`],
    [false, "it stands"],
  ]);
  const standing: StandingClaim = { claim: six, page: "wiki/plant.md", line: 9, members: [written("a", six, noted("2"))] };
  const later = settleRivals(torn, [standing]);
  expect(routes(later)).toEqual(["t.1 review contradicts", "t.4 review contradicts"]);
  const beside = settleRivals([...torn, contender("t.5", "Alder is mixed in mono", verified("1"))], []);
  expect(routes(beside).at(-1)).toBe("t.5 librarian new");
  const mended = settleRivals([contender("t.1", six, verified("1")), contender("t.4", nine, verified("1"), six)], []);
  expect(routes(mended)).toEqual(["t.1 librarian new", "t.4 librarian supersedes"]);
});

test("K5: what distillation wrote gives way to a stronger claim and comes back; what a person stands behind gives way to none", () => {
  const standing = { claim: six, page: "wiki/plant.md", line: 9 };
  const weaker: StandingClaim = { ...standing, members: [written("w", six, noted("5"))] };
  const settled = settleRivals([contender("b", nine, verified("9"))], [weaker]);
  expect(settled.candidates).toMatchObject([
    { id: "b", route: "librarian", kind: "contradicts", target: "wiki/plant.md", against: standing },
    { id: "w", route: "review", kind: "contradicts", status: "open", held: true, reason: expect.stringContaining(nine) },
  ]);
  const kept = settleRivals([contender("b", nine, verified("0"))], [standing]);
  expect(kept.candidates).toMatchObject([{ id: "b", route: "review", kind: "contradicts", held: true, against: standing }]);
});

test("K5: who supersedes is written after what it supersedes, whichever was found first; a word for nothing waits", () => {
  const news = contender("s", "The plant needs nine weeks for a pressing", noted("2"), six);
  const both = settleRivals([news, contender("w", six, noted("1"))], []);
  expect(both.candidates.map(({ id, kind, against }) => [id, kind, against?.claim])).toEqual([
    ["s", "supersedes", six],
    ["w", "new", undefined],
  ]);
  expect([...both.turns]).toEqual([["s", 1]]);
  const alone = settleRivals([news], []);
  expect(alone.candidates).toMatchObject([{ route: "review", kind: "new", held: true }]);
  const held = { ...news, candidate: alone.candidates[0] as Candidate };
  expect(routes(settleRivals([contender("w", six, noted("1")), held], []))).toEqual(["w librarian new", "s librarian supersedes"]);
  expect(routes(settleRivals([contender("a", six, noted("1"), nine), contender("b", nine, noted("1"), six)], []))).toEqual([
    "a review contradicts",
    "b review contradicts",
  ]);
});

test("K5: who says again what was superseded is told so where it was said before, and waits where it is said after; above it, it comes back", () => {
  const said = written("s", nine, verified("5"), six);
  const standing: StandingClaim = { claim: nine, page: "wiki/plant.md", line: 9, members: [said] };
  const old = written("w", six, verified("1"));
  const settle = (...fresh: Contender[]) => settleRivals(fresh, [standing], findSpent([standing], [old, said]));
  expect(settle(contender("a", six, verified("4"))).candidates).toMatchObject([
    { id: "a", status: "written", reason: `what it says was superseded: wiki/plant.md:9 says: ${nine}` },
  ]);
  expect(settle(contender("a", six, verified("6"))).candidates).toMatchObject([{ id: "a", status: "open", route: "review", held: true }]);
  const nobler = { ...standing, members: [written("s", nine, noted("5"), six)] };
  const revived = settleRivals([contender("a", six, verified("6"))], [nobler], findSpent([nobler], [written("w", six, noted("1"))]));
  expect(revived.candidates.map(({ id, kind, status, route, against }) => [id, kind, status, route, against?.claim])).toEqual([
    ["a", "contradicts", "open", "librarian", nine],
    ["w", "confirms", "open", "librarian", undefined],
    ["s", "contradicts", "open", "review", undefined],
  ]);
});

interface State {
  readonly standing: readonly StandingClaim[];
  /** On a page, and struck. */
  readonly struck: readonly Contender[];
  readonly held: readonly Contender[];
}

const nothing: State = { standing: [], struck: [], held: [] };

/** What a distillation does with it, and the landing of its tickets. */
function distil({ standing, struck, held }: State, fresh: readonly Contender[]): State {
  const onPages = standing.flatMap(({ members = [] }) => members);
  const contenders = [...fresh, ...held];
  const { candidates, turns } = settleRivals(contenders, standing, findSpent(standing, [...onPages, ...struck]));
  const by = new Map([...contenders, ...onPages, ...struck].map((one) => [one.candidate.id, one]));
  const taken = new Set(candidates.map(({ id }) => id));
  const isLeft = ({ candidate }: Contender) => !taken.has(candidate.id);
  const pages = new Map(standing.map(({ claim, members = [] }) => [claim, members.filter(isLeft)]));
  // Who waits again has its claim struck: on a page it would stand on.
  const due = new Set(standing.filter(({ members = [] }) => !members.every(isLeft)).map(({ claim }) => claim));
  const gone = [...struck.filter(isLeft)];
  const asWritten = ({ candidate }: { candidate: Candidate }): Contender => ({ ...(by.get(candidate.id) as Contender), written: true });
  for (const candidate of candidates.toSorted((a, b) => (turns.get(a.id) ?? 0) - (turns.get(b.id) ?? 0))) {
    const { route, status, kind, against, claim } = candidate;
    if (status === "written") gone.push(asWritten({ candidate }));
    else if (route === "librarian") {
      if (kind !== "confirms" && against) {
        expect([...pages.keys()]).toContain(against.claim);
        gone.push(...(pages.get(against.claim) ?? []));
        pages.delete(against.claim);
        due.delete(against.claim);
      }
      pages.set(claim, [...(pages.get(claim) ?? []), asWritten({ candidate })]);
    }
  }
  expect([...due]).toEqual([]);
  const waits = candidates.filter(({ route }) => route === "review");
  return {
    standing: [...pages].map(([claim, members]) => ({ claim, page: "wiki/history.md", line: 1, members })),
    struck: gone,
    held: waits.map(({ id }) => {
      const { written: _written, ...one } = by.get(id) as Contender;
      return one;
    }),
  };
}

const outcome = ({ standing, held }: State) => ({
  standing: standing.map(({ claim, members = [] }) => `${claim} <- ${members.map(({ candidate }) => candidate.id).toSorted()}`).toSorted(),
  held: held.map(({ candidate }) => candidate.id).toSorted(),
});

const things = ["pressing of Alder", "mix of Birch", "cover of Cedar"];
const weeksOf = fc.integer({ min: 2, max: 5 });
const moments = 6;
/** Some sources are of one moment, and come in one turn; some say several things, or the same in two lines. */
const drawn = fc.record({
  turns: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: moments, maxLength: moments }),
  sources: fc.uniqueArray(
    fc.record({
      id: fc.integer({ min: 1, max: 999 }),
      says: fc.array(
        fc.record({ thing: fc.constantFrom(...things), weeks: weeksOf, insteadOf: fc.option(weeksOf, { freq: 3, nil: undefined }) }),
        { minLength: 1, maxLength: 3 },
      ),
      at: fc.integer({ min: 0, max: moments - 1 }),
      authority: fc.constantFrom("verified" as const, "distilled" as const),
      order: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { selector: ({ id }) => id, minLength: 2, maxLength: 12 },
  ),
});

test(`K5: in any order and in any number of turns the same claims stand with the same sources, and the same wait (seed ${seed})`, () => {
  fc.assert(
    fc.property(drawn, ({ turns, sources }) => {
      const contendersOf = ({ id, says, at, authority }: (typeof sources)[number]) =>
        says.map(({ thing, weeks, insteadOf }, line) => {
          const claimOf = (count: number) => `The ${thing} needs ${count} weeks at the plant`;
          const old = insteadOf === undefined || insteadOf === weeks ? undefined : claimOf(insteadOf);
          return contender(`c${id}.${line}`, claimOf(weeks), { authority, at: String(at) }, old);
        });
      const whole = distil(nothing, sources.flatMap(contendersOf));
      const shuffled = sources.toSorted((a, b) => a.order - b.order);
      const turned = [0, 1, 2, 3].reduce<State>((state, turn) => {
        const fresh = shuffled.filter(({ at }) => turns[at] === turn).flatMap(contendersOf);
        return fresh.length === 0 ? state : distil(state, fresh);
      }, nothing);
      expect(outcome(turned)).toEqual(outcome(whole));
    }),
    { seed, numRuns: scaleRuns({ short: 300, long: 10_000 }) },
  );
});
