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

const candidateOf = (id: string, claim: string): Candidate => ({
  ...{ id, domain: "music", claim, confidence: "high", reason: "it stands", target: "wiki/history.md", kind: "new" },
  ...{ source: { artifact: `ticket:${id}`, line: 1, quote: claim }, route: "librarian", status: "open" },
});
const contender = (id: string, claim: string, weight: Weight, supersedes?: string): Contender => ({
  candidate: candidateOf(id, claim),
  weight,
  ...(supersedes === undefined ? {} : { supersedes }),
});
const verified = (at: string): Weight => ({ authority: "verified", at });
const noted = (at: string): Weight => ({ authority: "distilled", at });
const six = "The plant needs six weeks for a pressing";
const nine = "The plant needs nine weeks for a pressing";
const routes = ({ candidates }: ReturnType<typeof settleRivals>) => candidates.map(({ id, route, kind }) => `${id} ${route} ${kind}`);

test("K5: of two that contradict one another the higher authority is written, then the earlier; of the same weight neither", () => {
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
    [true, `it contradicts what stands: b says: ${nine}`],
    [true, `it contradicts what stands: a says: ${six}`],
  ]);
});

test("K5: what distillation wrote gives way to a stronger claim and comes back; what a person stands behind gives way to none", () => {
  const standing = { claim: six, page: "wiki/plant.md", line: 9 };
  const weaker: StandingClaim = { ...standing, weight: noted("5") };
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
const drawn = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 999 }),
    thing: fc.constantFrom(...things),
    weeks: fc.integer({ min: 2, max: 5 }),
    authority: fc.constantFrom("verified" as const, "distilled" as const),
    order: fc.double({ min: 0, max: 1, noNaN: true }),
    turn: fc.integer({ min: 0, max: 3 }),
  }),
  { selector: ({ id }) => id, minLength: 2, maxLength: 12 },
);

test(`K5: in any order and in any number of turns the same claims stand with the same sources, and the same wait (seed ${seed})`, () => {
  fc.assert(
    fc.property(drawn, (given) => {
      const all = given.map(({ id, thing, weeks, authority, order, turn }) => ({
        contender: contender(`c${id}`, `The ${thing} needs ${weeks} weeks at the plant`, { authority, at: String(1000 + id) }),
        ...{ order, turn },
      }));
      const whole = distil(
        { standing: [], held: [] },
        all.map((one) => one.contender),
      );
      const shuffled = all.toSorted((a, b) => a.order - b.order);
      const turned = [0, 1, 2, 3].reduce<State>(
        (state, turn) => {
          const fresh = shuffled.filter((one) => one.turn === turn).map((one) => one.contender);
          return fresh.length === 0 ? state : distil(state, fresh);
        },
        { standing: [], held: [] },
      );
      expect(outcome(turned)).toEqual(outcome(whole));
    }),
    { seed, numRuns: scaleRuns({ short: 300, long: 10_000 }) },
  );
});
