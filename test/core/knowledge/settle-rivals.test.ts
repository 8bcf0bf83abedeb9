import fc from "fast-check";
import { expect, test } from "vitest";
import type { Candidate } from "../../../src/contract/knowledge.ts";
import {
  type Contender,
  compareWeights,
  type StandingClaim,
  settleRivals,
  type Weight,
} from "../../../src/core/knowledge/settle-rivals.ts";
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
const verified = (at: string) => ({ authority: "verified" as const, at });
const noted = (at: string) => ({ authority: "distilled" as const, at });
const six = "The plant needs six weeks for a pressing";
const nine = "The plant needs nine weeks for a pressing";
const routes = ({ candidates }: ReturnType<typeof settleRivals>) => candidates.map(({ id, route, kind }) => `${id} ${route} ${kind}`);

test("K5: of two that contradict one another the higher authority is written, then the earlier; of one moment, by name", () => {
  expect(routes(settleRivals([contender("a", six, noted("1")), contender("b", nine, verified("2"))], []))).toEqual([
    "a review contradicts",
    "b librarian new",
  ]);
  expect(routes(settleRivals([contender("a", six, noted("2")), contender("b", nine, noted("1"))], []))).toEqual([
    "a review contradicts",
    "b librarian new",
  ]);
  for (const turn of [1, -1]) {
    const both = [contender("a", six, noted("1")), contender("b", nine, noted("1"))];
    const equal = settleRivals(turn === 1 ? both : both.toReversed(), []).candidates.toSorted((x, y) => (x.id < y.id ? -1 : 1));
    expect(equal.map(({ id, route, reason }) => [id, route, reason])).toEqual([
      ["a", "librarian", "it stands"],
      ["b", "review", `it contradicts what stands: a says: ${six}`],
    ]);
  }
});

test("K5: a source that contradicts itself is heard for neither, and adds nothing to what others say; what it supersedes itself is none", () => {
  const torn = [contender("t.1", six, verified("1")), contender("t.4", nine, verified("1"))];
  const whole = settleRivals([...torn, contender("a", six, noted("2"))], []);
  expect(routes(whole)).toEqual(["t.1 review contradicts", "t.4 review contradicts", "a librarian new"]);
  expect(whole.candidates.map(({ held, reason }) => [held ?? false, reason])).toEqual([
    [true, `its own source says otherwise in line 4: ${nine}`],
    [true, `its own source says otherwise in line 1: ${six}`],
    [false, "it stands"],
  ]);
  const standing: StandingClaim = { claim: six, page: "wiki/plant.md", line: 9, weight: { ...noted("2"), artifact: "ticket:a" } };
  const later = settleRivals(torn, [standing]);
  expect(routes(later)).toEqual(["t.1 review contradicts", "t.4 review contradicts"]);
  expect(later.displaced).toEqual([]);
  const beside = settleRivals([...torn, contender("t.5", "Alder is mixed in mono", verified("1"))], []);
  expect(routes(beside).at(-1)).toBe("t.5 librarian new");
  const mended = settleRivals([contender("t.1", six, verified("1")), contender("t.4", nine, verified("1"), six)], []);
  expect(routes(mended)).toEqual(["t.1 librarian new", "t.4 librarian supersedes"]);
});

test("K5: what distillation wrote gives way to a stronger claim and comes back; what a person stands behind gives way to none", () => {
  const standing = { claim: six, page: "wiki/plant.md", line: 9 };
  const weaker: StandingClaim = { ...standing, weight: { ...noted("5"), artifact: "ticket:w" } };
  const settled = settleRivals([contender("b", nine, verified("9"))], [weaker]);
  expect(settled.candidates).toMatchObject([{ route: "librarian", kind: "contradicts", target: "wiki/plant.md", against: standing }]);
  expect(settled.displaced).toMatchObject([{ standing: weaker, by: { id: "b" } }]);
  const kept = settleRivals([contender("b", nine, verified("0"))], [standing]);
  expect(kept.candidates).toMatchObject([{ route: "review", kind: "contradicts", held: true, against: standing }]);
  expect(kept.displaced).toEqual([]);
});

test("K5: who supersedes is written after what it supersedes, whichever was found first; a word for nothing waits", () => {
  const news = contender("s", "The plant needs nine weeks for a pressing", noted("2"), six);
  const both = settleRivals([news, contender("w", six, noted("1"))], []);
  expect(both.candidates.map(({ id, kind, against }) => [id, kind, against?.claim])).toEqual([
    ["s", "supersedes", six],
    ["w", "new", undefined],
  ]);
  expect([...both.last]).toEqual(["s"]);
  const alone = settleRivals([news], []);
  expect(alone.candidates).toMatchObject([{ route: "review", kind: "new", held: true }]);
  const held = { ...news, candidate: alone.candidates[0] as Candidate };
  expect(routes(settleRivals([contender("w", six, noted("1")), held], []))).toEqual(["w librarian new", "s librarian supersedes"]);
  expect(routes(settleRivals([contender("a", six, noted("1"), nine), contender("b", nine, noted("1"), six)], []))).toEqual([
    "a review new",
    "b review new",
  ]);
});

interface State {
  readonly standing: readonly (StandingClaim & { readonly members: readonly Contender[] })[];
  readonly held: readonly Contender[];
}

/** What a distillation does with it, and the landing of its tickets. */
function distil({ standing, held }: State, fresh: readonly Contender[]): State {
  const contenders = [...fresh, ...held];
  const settled = settleRivals(contenders, standing);
  const by = new Map(contenders.map((one) => [one.candidate.id, one]));
  const fallen = settled.displaced.map(({ standing: { claim } }) => claim);
  const struck = new Set([
    ...fallen,
    ...settled.candidates.flatMap(({ kind, against }) => (kind === "supersedes" && against ? [against.claim] : [])),
  ]);
  const next = new Map(standing.map((one) => [one.claim, { ...one, members: [...one.members] }]));
  const back = fallen.flatMap((claim) => next.get(claim)?.members ?? []);
  for (const candidate of settled.candidates.filter(({ route }) => route === "librarian")) {
    const member = by.get(candidate.id) as Contender;
    const claim = candidate.kind === "confirms" && candidate.against ? candidate.against.claim : candidate.claim;
    const one = next.get(claim) ?? { claim, page: candidate.target, line: 1, weight: member.weight, members: [] };
    const members = [...one.members, member];
    next.set(claim, { ...one, members, weight: members.map(({ weight }) => weight).toSorted(compareWeights)[0] as Weight });
  }
  for (const claim of struck) next.delete(claim);
  const waits = settled.candidates.filter(({ route }) => route === "review").map(({ id }) => by.get(id) as Contender);
  return { standing: [...next.values()], held: [...waits, ...back] };
}

const outcome = ({ standing, held }: State) => ({
  standing: standing.map(({ claim, members }) => `${claim} <- ${members.map(({ candidate }) => candidate.id).toSorted()}`).toSorted(),
  held: held.map(({ candidate }) => candidate.id).toSorted(),
});

const things = ["pressing of Alder", "mix of Birch", "cover of Cedar"];
/** Sources with few moments among them, so that some are of one; some say several things, or the same in two lines. */
const drawn = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 999 }),
    says: fc.array(fc.record({ thing: fc.constantFrom(...things), weeks: fc.integer({ min: 2, max: 5 }) }), { minLength: 1, maxLength: 3 }),
    at: fc.integer({ min: 1, max: 4 }),
    authority: fc.constantFrom("verified" as const, "distilled" as const),
    order: fc.double({ min: 0, max: 1, noNaN: true }),
    turn: fc.integer({ min: 0, max: 3 }),
  }),
  { selector: ({ id }) => id, minLength: 2, maxLength: 12 },
);

test(`K5: in any order and in any number of turns the same claims stand with the same sources, and the same wait (seed ${seed})`, () => {
  fc.assert(
    fc.property(drawn, (given) => {
      const contendersOf = ({ id, says, at, authority }: (typeof given)[number]) =>
        says.map(({ thing, weeks }, line) =>
          contender(`c${id}.${line}`, `The ${thing} needs ${weeks} weeks at the plant`, { authority, at: String(at) }),
        );
      const whole = distil({ standing: [], held: [] }, given.flatMap(contendersOf));
      const shuffled = given.toSorted((a, b) => a.order - b.order);
      const turned = [0, 1, 2, 3].reduce<State>(
        (state, turn) => {
          const fresh = shuffled.filter((one) => one.turn === turn).flatMap(contendersOf);
          return fresh.length === 0 ? state : distil(state, fresh);
        },
        { standing: [], held: [] },
      );
      expect(outcome(turned)).toEqual(outcome(whole));
    }),
    { seed, numRuns: scaleRuns({ short: 300, long: 10_000 }) },
  );
});
