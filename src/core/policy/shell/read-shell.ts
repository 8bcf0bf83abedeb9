import { type Command, forEachChild, parse, type SyntaxNode, type Word } from "unbash";
import type { RedirectOperator, ShellCommand, ShellReading, ShellRedirect, ShellWord } from "./shell-reading.ts";

const textLengthMax = 64 * 1024;

/** What the text would run, without running anything. Never throws; the same text gives the same answer. */
export function readShell(text: string, start: { cwd: string; env: Readonly<Record<string, string>> }): ShellReading {
  if (text.length > textLengthMax) return { kind: "unreadable", reason: `the command is longer than ${textLengthMax} characters` };
  const commands: ShellCommand[] = [];
  let reason: string | undefined;
  const visit = (node: SyntaxNode): void => {
    if (node.type === "Script" && "errors" in node && node.errors?.[0]) reason ??= node.errors[0].message;
    if (node.type === "Command") commands.push(readCommand({ node, text, index: commands.length, cwd: start.cwd }));
    forEachChild(node, visit);
  };
  visit(parse(text));
  return reason === undefined ? { kind: "read", commands } : { kind: "unreadable", reason };
}

function readCommand({ node, text, index, cwd }: { node: Command; text: string; index: number; cwd: string }): ShellCommand {
  const words = [node.name, ...node.args].filter((word) => word?.type === "Word");
  const argv = words.map(readWord);
  return {
    index,
    text: text.slice(node.pos, node.end).slice(0, 200),
    program: argv[0]?.value?.split("/").at(-1),
    argv,
    assignments: [],
    environment: [],
    redirects: node.redirects.flatMap((redirect): ShellRedirect[] =>
      redirect.type === "Redirect" && redirect.target
        ? [{ operator: redirect.operator, descriptor: undefined, target: readWord(redirect.target), access: accessOf(redirect.operator) }]
        : [],
    ),
    input: undefined,
    places: [{ path: cwd, lacks: [] }],
    via: [],
    inSubstitution: false,
    feeds: [],
    isFunction: false,
    code: [],
    opaque: [],
  };
}

function readWord(word: Word): ShellWord {
  const known = word.parts === undefined || word.parts.every((part) => part.type === "SingleQuoted" || part.type === "Literal");
  const value = known ? word.value : undefined;
  return {
    text: word.text,
    value,
    prefix: value ?? "",
    suffix: value ?? "",
    pieces: [{ kind: known ? "literal" : "unknown", text: value ?? word.text }],
    glob: undefined,
    ifUnset: value,
    many: !known,
    opaque: known ? undefined : "not read yet",
  };
}

function accessOf(operator: RedirectOperator): ShellRedirect["access"] {
  if (operator === "<") return "read";
  if (operator === "<>") return "both";
  return operator === "<&" || operator === ">&" ? "duplicate" : "write";
}
