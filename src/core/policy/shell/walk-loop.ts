import type { ArithmeticFor, CompoundList, For, Select, While } from "unbash";
import { expandWord } from "./expand-word.ts";
import { expandInWorlds } from "./expansion.ts";
import { readArithmetic } from "./read-arithmetic.ts";
import { type Expansion, either, type Frame, type Outcome, succeed } from "./reader.ts";
import type { ShellWord } from "./shell-reading.ts";
import { joinPlaces, joinScopes, joinValues, type ShellScope, type ShellVariable, setVariable, toValue } from "./shell-scope.ts";

/** A loop over at most this many known words is read turn by turn. */
const turnsMax = 32;

export function walkFor(frame: Frame, node: For | Select, scope: ShellScope): Outcome {
  const lists = expandInWorlds(frame, scope, (x) => ({ words: listWords(x, node.wordlist), scope: x.scope }));
  const start = lists.reduce<ShellScope | undefined>((joined, list) => joinScopes(joined, list.scope), undefined) ?? scope;
  const words = lists.flatMap((list) => list.words);
  const name = node.name.value;
  if (words.length === 0)
    return joinReading(
      succeed(start),
      walkWidened(frame, node.body, start, (at) => setVariable(at, name, null)),
    );
  const isUnrolled = node.type === "For" && words.length <= turnsMax && words.every((word) => !word.many || word.glob !== undefined);
  if (isUnrolled)
    return walkTurns(
      frame,
      node.body,
      start,
      words.map((word) => (at) => setVariable(at, name, toValue(word))),
    );
  return walkWidened(frame, node.body, start, (at) => setAny(at, name, words));
}

/** A loop that is never entered is read, and changes nothing. */
function joinReading(outcome: Outcome, _read: Outcome): Outcome {
  return outcome;
}

function listWords(x: Expansion, wordlist: For["wordlist"]): readonly ShellWord[] {
  if (wordlist !== undefined) return wordlist.flatMap((word) => expandWord(x, word));
  const items = x.scope.variables.get("@")?.values[0];
  if (!Array.isArray(items)) return [unknownItem];
  return items.filter((item): item is string => item !== undefined).map((item) => ({ ...unknownItem, ...known(item) }));
}

const unknownItem: ShellWord = {
  text: "$@",
  value: undefined,
  prefix: "",
  suffix: "",
  pieces: [{ kind: "unknown", text: "$@" }],
  glob: undefined,
  ifUnset: "",
  many: true,
  opaque: "the arguments are not known",
};

function known(value: string): Partial<ShellWord> {
  return {
    value,
    prefix: value,
    suffix: value,
    pieces: [{ kind: "literal", text: value }],
    ifUnset: value,
    many: false,
    opaque: undefined,
  };
}

/** Any of these words. */
function setAny(scope: ShellScope, name: string, words: readonly ShellWord[]): ShellScope {
  const values = joinValues(words.map(toValue), []);
  return { ...scope, variables: new Map(scope.variables).set(name, { values, exported: false }) };
}

type Step = (scope: ShellScope) => ShellScope;

function walkTurns(frame: Frame, body: CompoundList, start: ShellScope, turns: readonly Step[]): Outcome {
  let at = start;
  let output: string | undefined = "";
  let left: ShellScope | undefined;
  for (const turn of turns) {
    const exits: ShellScope[] = [];
    const outcome = frame.reader.walkList({ ...frame, loopExits: exits }, body.commands, turn(at));
    output = output === undefined || outcome.output === undefined || exits.length > 0 ? undefined : output + outcome.output;
    left = exits.reduce<ShellScope | undefined>(joinScopes, left);
    const next = joinScopes(joinScopes(outcome.ok, outcome.fail), left);
    if (next === undefined) return { ok: undefined, fail: undefined, output };
    at = next;
  }
  return either(at, output);
}

/** A loop whose turns are not known: read with what it changes taken as open, when it changes anything. */
function walkWidened(frame: Frame, body: CompoundList, start: ShellScope, turn: Step, clause?: CompoundList, isUntil = false): Outcome {
  const once = walkTurn(frame, body, turn(start), clause, isUntil);
  const widened = once.next === undefined ? start : widen(start, once.next);
  if (widened === start) return either(joinScopes(start, once.end) ?? start);
  const again = walkTurn(frame, body, turn(widened), clause, isUntil);
  return either(joinScopes(joinScopes(joinScopes(start, once.end), widened), again.end) ?? widened);
}

function walkTurn(frame: Frame, body: CompoundList, scope: ShellScope, clause: CompoundList | undefined, isUntil: boolean) {
  const exits: ShellScope[] = [];
  const inner = { ...frame, loopExits: exits };
  const test = clause && frame.reader.walkList(inner, clause.commands, scope);
  const entered = test === undefined ? scope : ((isUntil ? test.fail : test.ok) ?? test.ok ?? test.fail ?? scope);
  const outcome = frame.reader.walkList(inner, body.commands, entered);
  const broken = exits.reduce<ShellScope | undefined>(joinScopes, undefined);
  const next = joinScopes(joinScopes(outcome.ok, outcome.fail), broken);
  const left = test === undefined ? undefined : isUntil ? test.ok : test.fail;
  return { next, end: joinScopes(joinScopes(left, broken), next) };
}

/** What may hold after any number of turns; the same scope when a turn changes nothing. */
function widen(start: ShellScope, after: ShellScope): ShellScope {
  const changed = [...after.variables].filter(([name, variable]) => !isSame(start.variables.get(name), variable));
  const isMoved = after.places !== start.places && JSON.stringify(after.places) !== JSON.stringify(start.places);
  if (changed.length === 0 && !isMoved && after.functions === start.functions && after.options === start.options) return start;
  const variables = new Map(start.variables);
  for (const [name, variable] of changed) {
    const before = start.variables.get(name);
    const values = joinValues([...(before?.values ?? []), ...variable.values], [{ unknown: "a loop changes it" }]);
    variables.set(name, { values, exported: variable.exported || (before?.exported ?? false) });
  }
  const places = isMoved ? joinPlaces([...start.places, ...after.places], [{ path: undefined, lacks: [] }]) : start.places;
  return { ...(joinScopes(start, after) ?? start), variables, places };
}

function isSame(left: ShellVariable | undefined, right: ShellVariable): boolean {
  return left === right || (left !== undefined && JSON.stringify(left.values) === JSON.stringify(right.values));
}

export function walkWhile(frame: Frame, node: While, scope: ShellScope): Outcome {
  return walkWidened(frame, node.body, scope, (at) => at, node.clause, node.kind === "until");
}

/** Computed turn by turn while its numbers are known. */
export function walkArithmeticFor(frame: Frame, node: ArithmeticFor, scope: ShellScope): Outcome {
  let at = compute(frame, node.initialize, scope).scope;
  const exits: ShellScope[] = [];
  for (let turns = 0; turns < turnsMax; turns++) {
    const test = compute(frame, node.test, at);
    if (node.test === undefined || test.value === undefined) break;
    if (test.value === 0) return either(exits.reduce<ShellScope | undefined>(joinScopes, test.scope) ?? test.scope);
    const outcome = frame.reader.walkList({ ...frame, loopExits: exits }, node.body.commands, test.scope);
    const next = joinScopes(joinScopes(outcome.ok, outcome.fail), exits.at(-1));
    if (next === undefined) return { ok: undefined, fail: undefined, output: undefined };
    at = compute(frame, node.update, next).scope;
  }
  return walkWidened(frame, node.body, at, (turn) => compute(frame, node.update, turn).scope);
}

function compute(frame: Frame, expression: ArithmeticFor["test"], scope: ShellScope): { value: number | undefined; scope: ShellScope } {
  if (expression === undefined) return { value: undefined, scope };
  const results = expandInWorlds(frame, scope, (x) => ({ value: readArithmetic(x, expression), scope: x.scope }));
  const [first] = results as [(typeof results)[number]];
  return results.length === 1
    ? first
    : { value: undefined, scope: results.reduce((joined, other) => joinScopes(joined, other.scope) ?? joined, scope) };
}
