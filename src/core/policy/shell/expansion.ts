import { deeper, type Expansion, type Frame } from "./reader.ts";
import type { ShellScope } from "./shell-scope.ts";

const worldsMax = 16;

/**
 * Runs an expansion once for each combination of values that the variables in it may have; at most 16, the rest is left to the
 * sandbox. Usually once.
 */
export function expandInWorlds<T>(frame: Frame, scope: ShellScope, run: (x: Expansion) => T): readonly T[] {
  const first = makeExpansion(frame, scope, noChoices);
  const results = [run(first)];
  if (first.forks.size === 0) return results;
  for (const choices of listChoices([...first.forks]).slice(1, worldsMax)) results.push(run(makeExpansion(frame, scope, choices)));
  return results;
}

const noChoices: ReadonlyMap<string, number> = new Map();

function makeExpansion(frame: Frame, scope: ShellScope, choices: ReadonlyMap<string, number>): Expansion {
  const x: Expansion = {
    frame,
    scope,
    choices,
    forks: new Map(),
    bracedText: undefined,
    inner: () => ({ ...deeper(frame), inSubstitution: true, source: x.bracedText ?? frame.source }),
  };
  return x;
}

function listChoices(forks: readonly (readonly [string, number])[]): ReadonlyMap<string, number>[] {
  let all: Map<string, number>[] = [new Map()];
  for (const [name, count] of forks) {
    all = all.flatMap((choice) => Array.from({ length: count }, (_, at) => new Map([...choice, [name, at]]))).slice(0, worldsMax);
  }
  return all;
}
