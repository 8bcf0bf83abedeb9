import { expect, test } from "vitest";
import { chooseDecisions } from "../../../src/core/decision/choose-decisions.ts";
import { rankAcrossDomains } from "../../../src/core/decision/rank-across-domains.ts";
import { makeCandidate, makeDecision } from "../../support/make-candidate.ts";

const ask = (key: string, score: number, weight?: number) =>
  makeDecision({ candidate: makeCandidate({ key, score, ...(weight === undefined ? {} : { judged: { repo: "home", weight } }) }) });
const rank = (...domains: (ReturnType<typeof ask>[] | { sealed: ReturnType<typeof ask>[] })[]) =>
  rankAcrossDomains(
    domains.map((one) => (Array.isArray(one) ? { sealed: false, decisions: one } : { sealed: true, decisions: one.sealed })),
  ).map(({ candidate }) => candidate.key);

test("S26: the weightiest of what is next in each domain goes first; equals in the order of domains", () => {
  expect(rank([ask("a", 40, 100), ask("b", 10)], [ask("c", 30), ask("d", 10)])).toEqual(["a", "c", "b", "d"]);
});

test("S26: a question goes before those that wait for its tickets, and has their weight", () => {
  expect(rank([ask("before", 1), ask("weighty", 50, 50)], [ask("c", 30)])).toEqual(["before", "weighty", "c"]);
});

test("S26: what a model says of weight in a sealed domain changes no place among the others", () => {
  const places = [0, 50, 100].map((weight) => rank([ask("a", 30, 50), ask("b", 10)], { sealed: [ask("s", 0.4 * weight, weight)] }));
  expect(new Set(places.map((keys) => keys.join()))).toEqual(new Set(["a,s,b"]));
  // A score of rule counts there as anywhere.
  expect(rank([ask("a", 30, 50)], { sealed: [ask("s", 45)] })).toEqual(["s", "a"]);
});

test("S26: without a model's question the domains' questions stay together, in the domains' order", () => {
  expect(rank([ask("a", 1)], [ask("c", 90)], { sealed: [ask("s", 99)] })).toEqual(["a", "c", "s"]);
  // Nor does one in a sealed domain say to those outside that there is any.
  expect(rank([ask("a", 1)], [ask("c", 90)], { sealed: [ask("s", 99, 100)] })).toEqual(["a", "c", "s"]);
});

test("S26: whatever a sealed domain asks, the others' order among each other is the same", () => {
  const open = [
    [ask("a", 40, 100), ask("b", 10)],
    [ask("c", 30), ask("d", 10)],
  ];
  for (const sealed of [[], [ask("s", 99, 1), ask("t", 5)], [ask("s", 20)], [ask("s", 1, 100)]]) {
    expect(rank(...open, { sealed }).filter((key) => !"st".includes(key))).toEqual(["a", "c", "b", "d"]);
  }
});

test("S8: at most five questions a domain, a model's never in the place of all that rules found", () => {
  const judged = ["v", "w", "x", "y", "z"].map((key) => makeCandidate({ key, score: 80, judged: { repo: "home", weight: 100 } }));
  const rules = ["a", "b", "c"].map((key) => makeCandidate({ key, score: 1 }));
  const choose = (candidates: typeof judged) => chooseDecisions({ candidates, tickets: [], earlier: [] }).map(({ key }) => key);
  expect(choose([...judged, ...rules])).toEqual(["v", "w", "x", "a", "b"]);
  expect(choose([...judged, ...rules.slice(0, 1)])).toEqual(["v", "w", "x", "y", "a"]);
  expect(choose(judged)).toHaveLength(5);
  expect(choose(judged.slice(0, 1))).toEqual(["v"]);
  // Nor do many chores silence it.
  const chores = ["a", "b", "c", "d", "e", "f"].map((key) => makeCandidate({ key, score: 90 }));
  expect(choose([...chores, ...judged])).toEqual(["a", "b", "c", "d", "v"]);
});
