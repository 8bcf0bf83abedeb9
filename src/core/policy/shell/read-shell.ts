import { type ParsedScript, parse } from "unbash";
import { expandInto, expandParts } from "./expand-word.ts";
import { deeper, type Frame, type InnerRun, type Outcome, type Reader, spend, Unreadable } from "./reader.ts";
import { runCommand } from "./run-command.ts";
import { walkUncalled } from "./run-function.ts";
import type { ShellReading } from "./shell-reading.ts";
import { type ShellScope, startScope } from "./shell-scope.ts";
import { walkList, walkNode } from "./walk-statement.ts";

const textLengthMax = 64 * 1024;

/**
 * What a text would run if bash were given it in the folder `cwd`, without running anything. `env` are the variables that are
 * known to be set. Never throws; the same text gives the same answer, in bounded time.
 *
 * The way through this room: `walk-statement` and `walk-loop` follow the flow; `read-command` expands a simple command
 * (`expand-*`, `resolve-parameter`, `read-arithmetic`, into words by `field-builder`); `run-command` runs what changes the
 * reading itself (`cd`, functions, `eval`, what prints a known text). `shell-scope` holds the variables, `reader` the bounds,
 * `shell-reading` is what comes out. What the programs then do is not of bash: `core/policy/command`.
 */
export function readShell(text: string, start: { cwd: string; env: Readonly<Record<string, string>> }): ShellReading {
  if (text.length > textLengthMax) return { kind: "unreadable", reason: `the command is longer than ${textLengthMax} characters` };
  const reader: Reader = { commands: [], env: start.env, functions: new Map(), steps: 0, ...rooms };
  const frame: Frame = {
    reader,
    source: text,
    via: [],
    inSubstitution: false,
    input: undefined,
    depth: 0,
    loopExits: undefined,
    returns: undefined,
  };
  try {
    walkText(frame, text, startScope(start.cwd));
    walkUncalled(reader);
    return { kind: "read", commands: reader.commands };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: "unreadable", reason: error.message };
    // Too deep for the stack, or a mistake of ours: not read either way.
    return { kind: "unreadable", reason: "the command cannot be read" };
  }
}

function walkText(frame: Frame, text: string, scope: ShellScope): Outcome {
  if (text.length > textLengthMax) throw new Unreadable(`a command in it is longer than ${textLengthMax} characters`);
  if (text.includes("\0")) throw new Unreadable("there is a NUL character in it");
  refuseDeepNesting(text);
  spend(frame.reader, 1 + (text.length >> 4));
  return walkScript({ ...frame, source: text }, parse(text), scope);
}

const rooms = { walkList, walkNode, walkScript, walkText, runArgv, expandInto, expandParts };

/** The parser's time grows with the square of the nesting: this bound is far beyond what anyone writes. */
const openersMax = 200;
const heredocsMax = 256;

function refuseDeepNesting(text: string): void {
  let open = 0;
  let heredocs = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 40 || char === 123) open++;
    else if ((char === 41 || char === 125) && open > 0) open--;
    else if (char === 60 && text.charCodeAt(at + 1) === 60) heredocs++;
    if (open > openersMax || heredocs > heredocsMax) throw new Unreadable("the command is nested too deeply");
  }
}

function walkScript(frame: Frame, script: ParsedScript, scope: ShellScope): Outcome {
  spend(frame.reader, 2);
  const error = script.errors?.[0];
  if (error !== undefined) throw new Unreadable(error.message);
  const inner = script.source === undefined ? frame : { ...frame, source: script.source };
  return walkList(deeper(inner), script.commands, scope);
}

function runArgv(frame: Frame, run: InnerRun, scope: ShellScope): Outcome {
  return runCommand(
    frame,
    {
      text: run.text,
      argv: run.argv,
      assignments: [],
      environment: run.environment ?? [],
      redirects: [],
      input: run.input ?? frame.input,
      isProgram: run.isProgram ?? true,
    },
    scope,
  );
}
