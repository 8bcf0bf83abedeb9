import type { AndOr, Case, CommandNode, If, Pipeline, PipelineNode, Redirected, Statement, TestCommand, TestExpression } from "unbash";
import { expandOne, expandPattern } from "./expand-one.ts";
import { expandInWorlds } from "./expansion.ts";
import { makeLiteral } from "./field-builder.ts";
import { joinOutcomes } from "./join-outcomes.ts";
import { matchPattern } from "./match-pattern.ts";
import { readArithmetic } from "./read-arithmetic.ts";
import { readCommand, readRedirects } from "./read-command.ts";
import { deeper, either, type Frame, type Outcome, spend, succeed, Unreadable } from "./reader.ts";
import { runCommand } from "./run-command.ts";
import { addFunction } from "./run-function.ts";
import type { ShellInput, ShellWord } from "./shell-reading.ts";
import { joinScopes, type ShellScope } from "./shell-scope.ts";
import { walkArithmeticFor, walkFor, walkWhile } from "./walk-loop.ts";

/** Commands one after the other. Those after an `exit` are read too: it may not be the `exit` that it seems. */
export function walkList(frame: Frame, statements: readonly Statement[], scope: ShellScope): Outcome {
  let outcome: Outcome = succeed(scope);
  let output: string | undefined = "";
  let at: ShellScope = scope;
  let isEnded = false;
  for (const statement of statements) {
    outcome = walkStatement(frame, statement, at);
    output = output === undefined || outcome.output === undefined ? undefined : output + outcome.output;
    const next = at.options.exitOnError ? (outcome.ok ?? outcome.fail) : joinScopes(outcome.ok, outcome.fail);
    isEnded ||= next === undefined;
    at = next ?? at;
  }
  return isEnded ? { ok: undefined, fail: undefined, output } : { ...outcome, output };
}

function walkStatement(frame: Frame, statement: Statement, scope: ShellScope): Outcome {
  spend(frame.reader);
  const outcome = walkNode(frame, statement.command, scope);
  return statement.background ? { ok: scope, fail: undefined, output: undefined } : outcome;
}

export function walkNode(frame: Frame, node: PipelineNode | AndOr, scope: ShellScope): Outcome {
  switch (node.type) {
    case "Command":
      return readCommand(frame, node, scope);
    case "AndOr":
      return walkAndOr(frame, node, scope);
    case "Pipeline":
      return walkPipeline(frame, node, scope);
    case "Subshell":
      return leaveSubshell(walkList(deeper(frame), node.body.commands, scope), scope);
    case "BraceGroup":
      return walkList(deeper(frame), node.body.commands, scope);
    case "Redirected":
      return walkRedirected(frame, node, scope);
    case "If":
      return walkIf(deeper(frame), node, scope);
    case "For":
    case "Select":
      return walkFor(deeper(frame), node, scope);
    case "ArithmeticFor":
      return walkArithmeticFor(deeper(frame), node, scope);
    case "While":
      return walkWhile(deeper(frame), node, scope);
    case "Case":
      return walkCase(deeper(frame), node, scope);
    case "Function":
      return succeed(addFunction(frame, node, scope));
    case "TestCommand":
      return walkTest(frame, node, scope);
    case "ArithmeticCommand": {
      const [result] = expandInWorlds(frame, scope, (x) => ({
        value: node.expression && readArithmetic(x, node.expression),
        scope: x.scope,
      }));
      const { value, scope: after } = result as { value: number | undefined; scope: ShellScope };
      return value === undefined ? either(after, "") : value === 0 ? { ok: undefined, fail: after, output: "" } : succeed(after);
    }
    case "Coproc": {
      const { body } = node;
      if (body.type === "CompoundList") throw new Unreadable("a coproc without a command");
      walkNode(deeper(frame), body, scope);
      return succeed(scope);
    }
  }
}

function leaveSubshell(outcome: Outcome, scope: ShellScope): Outcome {
  return { ok: scope, fail: scope, output: outcome.output };
}

function walkAndOr(frame: Frame, { commands, operators }: AndOr, scope: ShellScope): Outcome {
  let { ok, fail, output } = walkNode(frame, commands[0] as PipelineNode, scope);
  let last = scope;
  for (let at = 0; at < operators.length; at++) {
    last = ok ?? fail ?? last;
    const isAnd = operators[at] === "&&";
    const start = isAnd ? ok : fail;
    const next = walkNode(frame, commands[at + 1] as PipelineNode, start ?? last);
    if (start === undefined) continue;
    const isCertain = (isAnd ? fail : ok) === undefined;
    output =
      isCertain && output !== undefined && next.output !== undefined ? output + next.output : mergeOutput(output, next.output, isAnd);
    fail = isAnd ? joinScopes(fail, next.fail) : next.fail;
    ok = isAnd ? next.ok : joinScopes(ok, next.ok);
  }
  return { ok, fail, output };
}

/** `cd x && echo y` is taken to print what it prints when all goes well; what follows a failure is not known. */
function mergeOutput(first: string | undefined, second: string | undefined, isAnd: boolean): string | undefined {
  return isAnd && first !== undefined && second !== undefined ? first + second : undefined;
}

function walkPipeline(frame: Frame, { commands, prefixes }: Pipeline, scope: ShellScope): Outcome {
  const isNegated = prefixes.some((prefix) => prefix.type === "Negation");
  if (commands.length === 1) {
    const outcome = walkNode(frame, commands[0] as CommandNode, scope);
    return isNegated ? { ...outcome, ok: outcome.fail, fail: outcome.ok } : outcome;
  }
  const { reader } = frame;
  let input = frame.input;
  let output: string | undefined;
  let feeders: readonly number[] = [];
  for (const command of commands) {
    const from = reader.commands.length;
    output = walkNode(input === frame.input ? frame : { ...frame, input }, command, scope).output;
    const stage = reader.commands.slice(from).filter((own) => own.inSubstitution === frame.inSubstitution);
    const indices = stage.map((own) => own.index);
    for (const feeder of feeders) {
      const fed = reader.commands[feeder];
      if (fed !== undefined) fed.feeds = [...fed.feeds, ...indices.slice(0, 64)];
    }
    feeders = indices.slice(0, 64);
    input = { from: "pipe", text: output, partial: output, feeders };
  }
  return { ok: scope, fail: scope, output };
}

function walkRedirected(frame: Frame, node: Redirected, scope: ShellScope): Outcome {
  const { redirects, input } = readRedirects(frame, node.redirects, scope);
  const text = frame.source.slice(node.pos, node.end);
  if (redirects.length > 0)
    runCommand(frame, { text, argv: [], assignments: [], environment: [], redirects, input, isProgram: false }, scope);
  const outcome = walkNode(deeper(input === undefined ? frame : { ...frame, input }), node.command, scope);
  return redirects.some((redirect) => redirect.access === "write") ? { ...outcome, output: "" } : outcome;
}

function walkIf(frame: Frame, node: If, scope: ShellScope): Outcome {
  const ends: Outcome[] = [];
  let at: ShellScope | undefined = scope;
  let last = scope;
  for (const { clause, then } of [node, ...node.elif]) {
    const test = walkList(frame, clause.commands, at ?? last);
    last = test.ok ?? test.fail ?? last;
    const taken = walkList(frame, then.commands, test.ok ?? last);
    if (at !== undefined && test.ok !== undefined) ends.push(taken);
    if (at !== undefined) at = test.fail;
  }
  const otherwise = node.else && walkList(frame, node.else.commands, at ?? last);
  if (at !== undefined) ends.push(otherwise ?? succeed(at));
  return joinOutcomes(ends);
}

function walkCase(frame: Frame, node: Case, scope: ShellScope): Outcome {
  const results = expandInWorlds(frame, scope, (x) => {
    const subject = expandOne(x, node.word).value;
    const patterns = node.items.map((item) => item.pattern.map((word) => expandPattern(x, word)));
    return { subject, patterns, scope: x.scope };
  });
  const { subject, patterns, scope: start } = results[0] as (typeof results)[number];
  const isStatic =
    results.length === 1 && subject !== undefined && node.items.every((item) => item.terminator === ";;" || item === node.items.at(-1));
  const ends: Outcome[] = [];
  let isDone = false;
  node.items.forEach((item, at) => {
    const matches = isStatic ? matchesAny(patterns[at] ?? [], subject) : undefined;
    const outcome = walkList(frame, item.body.commands, start);
    if (matches === false || isDone) return;
    ends.push(outcome);
    isDone = matches === true;
  });
  return joinOutcomes(isDone ? ends : [...ends, succeed(start)]);
}

function matchesAny(patterns: readonly (string | undefined)[], subject: string): boolean | undefined {
  const results = patterns.map((pattern) => (pattern === undefined ? undefined : matchPattern(pattern, subject)));
  if (results.includes(true)) return true;
  return results.includes(undefined) ? undefined : false;
}

/** `[[ … ]]` stands in the reading as the command `[[`, with its operators and operands as arguments. */
function walkTest(frame: Frame, node: TestCommand, scope: ShellScope): Outcome {
  const results = expandInWorlds(frame, scope, (x) => {
    const argv: ShellWord[] = [makeLiteral("[[", "[[")];
    listOperands(node.expression, (word, isPattern) => argv.push(expandOne(x, word, isPattern ? "pattern" : "one")), argv);
    argv.push(makeLiteral("]]", "]]"));
    return { argv, scope: x.scope };
  });
  const text = frame.source.slice(node.pos, node.end);
  const input: ShellInput | undefined = undefined;
  for (const { argv } of results)
    runCommand(frame, { text, argv, assignments: [], environment: [], redirects: [], input, isProgram: true }, scope);
  return either(results[0]?.scope ?? scope, "");
}

type TestWord = Extract<TestExpression, { type: "TestUnary" }>["operand"];

function listOperands(node: TestExpression, add: (word: TestWord, isPattern: boolean) => void, argv: ShellWord[]): void {
  switch (node.type) {
    case "TestUnary":
      argv.push(makeLiteral(node.operator, node.operator));
      add(node.operand, false);
      return;
    case "TestBinary":
      add(node.left, false);
      argv.push(makeLiteral(node.operator, node.operator));
      add(node.right, /^(=|==|!=|=~)$/.test(node.operator));
      return;
    case "TestLogical":
      for (const operand of node.operands) listOperands(operand, add, argv);
      return;
    case "TestNot":
      listOperands(node.operand, add, argv);
      return;
    case "TestGroup":
      listOperands(node.expression, add, argv);
      return;
  }
}
