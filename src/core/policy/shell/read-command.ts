import type { Assignment, Command, HereDoc, Redirection } from "unbash";
import { arrayValues, assign } from "./call.ts";
import { expandOne } from "./expand-one.ts";
import { expandParts, expandWord } from "./expand-word.ts";
import { expandInWorlds } from "./expansion.ts";
import { FieldBuilder, makeLiteral } from "./field-builder.ts";
import { joinOutcomes } from "./join-outcomes.ts";
import { lookUp } from "./look-up.ts";
import type { Expansion, Frame, Outcome } from "./reader.ts";
import { type CommandRun, runCommand } from "./run-command.ts";
import type { ShellAssignment, ShellInput, ShellRedirect, ShellWord } from "./shell-reading.ts";
import type { ShellScope, ShellValue } from "./shell-scope.ts";

/** Expands a simple command as bash does, words before assignments, and runs it once for each way in which it can be read. */
export function readCommand(frame: Frame, node: Command, scope: ShellScope): Outcome {
  const runs = expandInWorlds(frame, scope, (x) => ({ run: expandCommand(x, node), scope: x.scope }));
  return joinOutcomes(runs.map(({ run, scope: after }) => runCommand(frame, run, after)));
}

function expandCommand(x: Expansion, node: Command): CommandRun {
  const argv: ShellWord[] = node.name === undefined ? [] : [...expandWord(x, node.name)];
  for (const arg of node.args) argv.push(...(arg.type === "Assignment" ? [expandDeclared(x, arg)] : expandWord(x, arg)));
  const { redirects, input } = expandRedirects(x, node.redirects);
  const assignments: ShellAssignment[] = [];
  for (const item of node.prefix) {
    if (item.type !== "Assignment") continue;
    const assignment = expandAssignment(x, item);
    assignments.push(assignment);
    // `X=1 Y=$X` sees the first; the command's own words did not.
    if (node.prefix.length > 1) x.scope = assign(x.scope, assignment.name, assignment.value);
  }
  return {
    text: x.frame.source.slice(node.pos, node.end),
    argv,
    assignments,
    environment: [],
    redirects,
    input: input ?? x.frame.input,
    isProgram: false,
  };
}

function expandAssignment(x: Expansion, node: Assignment): ShellAssignment {
  const before = node.append || node.index !== undefined ? lookUp(x, node.name) : null;
  const value = expandAssigned(x, node);
  if (node.index !== undefined) {
    const index = expandOne(x, node.index).value;
    return { name: node.name, value: setElement(before, index, value) };
  }
  if (!node.append) return { name: node.name, value };
  return { name: node.name, value: append(before, value) };
}

function expandAssigned(x: Expansion, node: Assignment): ShellWord {
  if (node.value.type === "Word") return expandOne(x, node.value);
  const fields = node.value.elements.flatMap((element) => expandWord(x, element));
  const isPlain = fields.every((field) => field.value !== undefined) && !node.value.elements.some((element) => /^\[/.test(element.text));
  return makeArray(node.text, isPlain ? fields.map((field) => field.value as string) : undefined, fields);
}

function makeArray(text: string, items: readonly (string | undefined)[] | undefined, fields: readonly ShellWord[]): ShellWord {
  const joined = items?.filter((item) => item !== undefined).join(" ");
  const word =
    joined === undefined
      ? {
          ...makeLiteral(text, ""),
          value: undefined,
          pieces: fields.flatMap((field) => field.pieces),
          opaque: "an array of what is not known",
        }
      : makeLiteral(text, joined);
  arrayValues.set(word, items ?? { unknown: "its elements are not known" });
  return word;
}

function setElement(before: ShellValue, index: string | undefined, value: ShellWord): ShellWord {
  const items = typeof before === "string" ? [before] : Array.isArray(before) ? [...before] : [];
  const at = index !== undefined && /^\d{1,3}$/.test(index) ? Number(index) : undefined;
  const isKnown = at !== undefined && value.value !== undefined && (before === null || typeof before === "string" || Array.isArray(before));
  if (!isKnown) return makeArray(value.text, undefined, [value]);
  items[at] = value.value;
  return makeArray(value.text, items, [value]);
}

function append(before: ShellValue, value: ShellWord): ShellWord {
  const added = arrayValues.get(value);
  if (added !== undefined || Array.isArray(before)) {
    const items = typeof before === "string" ? [before] : Array.isArray(before) ? before : before === null ? [] : undefined;
    const more = added === undefined ? undefined : Array.isArray(added) ? added : undefined;
    return makeArray(value.text, items && more ? [...items, ...more] : undefined, [value]);
  }
  const builder = new FieldBuilder(value.text);
  if (typeof before === "string") builder.addLiteral(before);
  else if (before !== null && "like" in before) builder.addWord(before.like, false);
  else if (before !== null) builder.addUnknown({ text: value.text, why: "what it is added to is not known", ifUnset: "", splits: false });
  builder.addWord(value, false);
  return builder.finishOne();
}

/** `export X=…`: one argument, as `X=…` would set it. An array is written as its elements. */
function expandDeclared(x: Expansion, node: Assignment): ShellWord {
  const builder = new FieldBuilder(node.text);
  const { name, value } = expandAssignment(x, { ...viewOf(node), append: undefined });
  builder.addLiteral(node.append ? `${name}+=` : `${name}=`);
  builder.addWord(value, false);
  const word = builder.finishOne();
  const array = arrayValues.get(value);
  if (array !== undefined) arrayValues.set(word, array);
  return word;
}

function viewOf(node: Assignment): Assignment {
  return {
    type: "Assignment",
    pos: node.pos,
    end: node.end,
    text: node.text,
    name: node.name,
    value: node.value,
    append: node.append,
    index: node.index,
  };
}

/** The redirects of a compound command. */
export function readRedirects(
  frame: Frame,
  nodes: readonly Redirection[],
  scope: ShellScope,
): { redirects: ShellRedirect[]; input: ShellInput | undefined } {
  const worlds = expandInWorlds(frame, scope, (x) => expandRedirects(x, nodes));
  return { redirects: worlds.flatMap((world) => world.redirects), input: worlds[0]?.input };
}

function expandRedirects(x: Expansion, nodes: readonly Redirection[]): { redirects: ShellRedirect[]; input: ShellInput | undefined } {
  const redirects: ShellRedirect[] = [];
  let input: ShellInput | undefined;
  for (const node of nodes) {
    const descriptor = node.descriptor?.type === "FileDescriptor" ? node.descriptor.value : node.descriptor?.name;
    const isInput = descriptor === undefined || descriptor === 0;
    if (node.type === "HereDoc") {
      const text = expandHereDoc(x, node);
      if (isInput) input = makeInput("heredoc", text, "");
    } else if (node.type === "HereString") {
      const text = node.target && expandOne(x, node.target);
      if (isInput && text) input = makeInput("herestring", text, "\n");
    } else {
      const targets = node.target === undefined ? [] : expandWord(x, node.target);
      for (const target of targets)
        redirects.push({ operator: node.operator, descriptor, target, access: accessOf(node.operator, target) });
      if (isInput && (node.operator === "<" || node.operator === "<>")) input = readFrom(targets[0]);
    }
  }
  return { redirects, input };
}

function makeInput(from: "heredoc" | "herestring", word: ShellWord, end: string): ShellInput {
  const partial = word.value ?? word.pieces.map((piece) => (piece.kind === "unknown" ? "" : piece.text)).join("");
  return { from, text: word.value === undefined ? undefined : word.value + end, partial: partial + end, feeders: [] };
}

function readFrom(target: ShellWord | undefined): ShellInput {
  const piece = target?.pieces.length === 1 ? target.pieces[0] : undefined;
  return { from: "file", text: piece?.content, partial: piece?.content, feeders: [] };
}

function accessOf(operator: ShellRedirect["operator"], target: ShellWord): ShellRedirect["access"] {
  if (operator === "<") return "read";
  if (operator === "<>") return "both";
  if (operator === "<&") return "duplicate";
  // `>&file` writes a file; `2>&1` and `>&-` do not.
  return operator === ">&" && target.value !== undefined && /^(\d+-?|-)$/.test(target.value) ? "duplicate" : "write";
}

function expandHereDoc(x: Expansion, node: HereDoc): ShellWord {
  const { body, delimiter, operator } = node;
  const strip = (text: string): string => (operator === "<<-" ? text.replace(/^\t+/gm, "") : text);
  if (delimiter?.quoted) return makeLiteral("<<", strip(body.text));
  if (body.parts === undefined)
    return makeLiteral(
      "<<",
      strip(body.text).replace(/\\([\\$`]|\n)/g, (_, char: string) => (char === "\n" ? "" : char)),
    );
  const builder = new FieldBuilder("<<");
  builder.addLiteral("");
  let isLineStart = true;
  for (const part of body.parts) {
    if (part.type === "Literal") {
      const text = operator === "<<-" ? stripTabs(part.value, isLineStart) : part.value;
      builder.addLiteral(text);
      isLineStart = part.value.endsWith("\n");
    } else {
      expandParts(x, builder, [part], "text");
      isLineStart = false;
    }
  }
  return builder.finishOne();
}

function stripTabs(text: string, isLineStart: boolean): string {
  const stripped = text.replace(/\n\t+/g, "\n");
  return isLineStart ? stripped.replace(/^\t+/, "") : stripped;
}
