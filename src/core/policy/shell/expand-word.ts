import type { Word, WordPart } from "unbash";
import { parse } from "unbash";
import { expandBraces } from "./expand-brace.ts";
import { addUnknown, addValue } from "./expand-one.ts";
import { expandParameter } from "./expand-parameter.ts";
import { expandTilde } from "./expand-tilde.ts";
import { FieldBuilder, makeLiteral, makeUnknown } from "./field-builder.ts";
import { readArithmetic } from "./read-arithmetic.ts";
import { type ExpandMode, type Expansion, spend } from "./reader.ts";
import type { ShellWord } from "./shell-reading.ts";

/** The arguments that a word becomes: none, one or several. */
export function expandWord(x: Expansion, word: Word): readonly ShellWord[] {
  spend(x.frame.reader);
  if (word.text.includes("{") && (word.text.includes(",") || word.text.includes(".."))) {
    const texts = expandBraces(word.text);
    if (texts === undefined) return [makeUnknown(word.text, "its braces make too many arguments", { many: true })];
    if (texts.length !== 1 || texts[0] !== word.text) return texts.flatMap((text) => expandText(x, text));
  }
  return expandUnbraced(x, word);
}

/** A word that braces made: parsed anew, as bash does. */
function expandText(x: Expansion, text: string): readonly ShellWord[] {
  if (text === "") return [];
  const command = parse(`: ${text}`).commands[0]?.command;
  if (command?.type !== "Command") return [makeUnknown(text, "its braces cannot be read")];
  spend(x.frame.reader, command.args.length);
  x.bracedText = `: ${text}`;
  const fields = command.args.flatMap((arg) => (arg.type === "Word" ? expandUnbraced(x, arg) : []));
  x.bracedText = undefined;
  return fields;
}

function expandUnbraced(x: Expansion, word: Word): readonly ShellWord[] {
  if (word.parts === undefined && !word.text.includes("~")) return [makeLiteral(word.text, word.value)];
  const builder = new FieldBuilder(word.text);
  expandInto(x, builder, word, "fields");
  return builder.finish();
}

export function expandInto(x: Expansion, builder: FieldBuilder, word: Word, mode: ExpandMode): void {
  if (word.parts !== undefined) expandParts(x, builder, word.parts, mode);
  else if (mode !== "quoted" && mode !== "text" && word.text.includes("~"))
    expandTilde(x, builder, { raw: word.text, isLast: true, isValue: mode === "one" });
  else builder.addLiteral(word.value);
}

export function expandParts(x: Expansion, builder: FieldBuilder, parts: readonly WordPart[], mode: ExpandMode): void {
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at] as WordPart;
    const mayBeTilde = part.type === "Literal" && mode !== "quoted" && mode !== "text" && part.text.includes("~");
    if (mayBeTilde && (at === 0 || mode === "one" || part.text.includes(":~")))
      expandTilde(x, builder, { raw: part.text, isLast: at === parts.length - 1, isValue: mode === "one", isInside: at > 0 });
    else if (part.type === "SimpleExpansion" && parts[at + 1]?.text.startsWith("\\\n"))
      // bash joins the lines before it reads the name: `$a\` and `b` is `$ab`.
      addUnknown(builder, part.text, "a name goes on in the next line", mode);
    else expandPart(x, builder, part, mode);
  }
}

function expandPart(x: Expansion, builder: FieldBuilder, part: WordPart, mode: ExpandMode): void {
  switch (part.type) {
    case "Literal":
      // A joined line alone is no argument.
      if (part.value !== "" || part.text === "") builder.addLiteral(part.value, mode === "fields");
      return;
    case "SingleQuoted":
    case "AnsiCQuoted":
      builder.addLiteral(part.value);
      return;
    case "DoubleQuoted":
    case "LocaleString":
      expandQuoted(x, builder, part.parts, mode);
      return;
    case "SimpleExpansion":
    case "ParameterExpansion":
      expandParameter(x, builder, part, mode);
      return;
    case "CommandExpansion":
      expandCommand(x, builder, part, mode);
      return;
    case "ArithmeticExpansion": {
      const value = part.expression === undefined ? undefined : readArithmetic(x, part.expression);
      if (value === undefined) {
        addUnknown(builder, part.text, "it is computed", mode);
        return;
      }
      addValue(x, builder, String(value), part.text, mode);
      return;
    }
    case "ProcessSubstitution":
      builder.addStream(part.script && x.frame.reader.walkScript(x.inner(), part.script, x.scope).output);
      return;
    case "Glob":
    case "ExtendedGlob":
    case "BraceExpansion":
      expandSyntax(x, builder, part, mode);
      return;
  }
}

type SyntaxPart = Extract<WordPart, { type: "Glob" | "ExtendedGlob" | "BraceExpansion" }>;

function expandSyntax(x: Expansion, builder: FieldBuilder, part: SyntaxPart, mode: ExpandMode): void {
  if (part.type === "BraceExpansion" || mode === "one" || mode === "quoted" || mode === "text") {
    expandAsText(x, builder, part, mode);
    return;
  }
  const isPlain = part.parts === undefined || part.parts.every((inner) => inner.type === "Literal" && inner.text === inner.value);
  const isActive = mode === "pattern" || !x.scope.options.noGlob;
  if (!isActive) {
    expandAsText(x, builder, part, mode);
    return;
  }
  if (isPlain && (part.type === "Glob" || !part.text.includes("\\"))) {
    builder.addGlob(part.text);
    return;
  }
  const inner = new FieldBuilder(part.text);
  expandParts(x, inner, part.parts ?? [], "one");
  const members = inner.finishOne().value;
  if (part.type === "ExtendedGlob" || members === undefined || /[\]\\]/.test(members)) {
    builder.addUnknown({
      text: part.text,
      why: "a pattern is put together from parts",
      ifUnset: undefined,
      splits: mode === "fields",
    });
    return;
  }
  builder.addGlob(`[${members}]`);
}

/** Where patterns and braces mean nothing, they are what is written, with what expands in them expanded. */
function expandAsText(x: Expansion, builder: FieldBuilder, part: SyntaxPart, mode: ExpandMode): void {
  const [start, end] = surroundings(part);
  builder.addLiteral(start);
  if (part.parts !== undefined) expandParts(x, builder, part.parts, mode);
  else builder.addLiteral(part.text.slice(start.length, part.text.length - end.length).replace(/\\([\s\S])/g, "$1"));
  builder.addLiteral(end);
}

function surroundings(part: SyntaxPart): [string, string] {
  if (part.type === "BraceExpansion") return ["{", "}"];
  if (part.type === "ExtendedGlob") return [`${part.operator}(`, ")"];
  return part.kind === "bracket" ? ["[", "]"] : ["", ""];
}

function expandQuoted(x: Expansion, builder: FieldBuilder, parts: readonly WordPart[], mode: ExpandMode): void {
  // Quotes are an argument, even empty; but for those with `$@`, when there is nothing in it nor beside it.
  if (!parts.some(isList)) builder.addLiteral("");
  const wasEmpty = builder.isEmpty;
  // bash splits what `$*` gives when `$@` stands in the same quotes.
  const isMixed = parts.length > 1 && parts.some(isList) && parts.some((part) => /^\$\{?\*|\[\*\]/.test(part.text));
  expandParts(x, isMixed ? new FieldBuilder("") : builder, parts, mode === "fields" || mode === "quoted" ? "quoted" : "text");
  const text = parts.map((part) => part.text).join("");
  if (isMixed) addUnknown(builder, text, "$@ and $* stand in the same quotes", "fields");
  // Whether that is an empty argument or none depends on how bash found the other parts empty.
  else if (wasEmpty && builder.isEmpty && parts.length > 1)
    builder.addUnknown({ text, why: "it is an empty argument or none", ifUnset: "", splits: true });
}

function isList(part: WordPart): boolean {
  if (part.type === "SimpleExpansion") return part.text === "$@";
  return part.type === "ParameterExpansion" && part.prefix !== "#" && (part.parameter === "@" || part.index?.text === "@");
}

function expandCommand(x: Expansion, builder: FieldBuilder, part: Extract<WordPart, { type: "CommandExpansion" }>, mode: ExpandMode): void {
  const output = part.script && x.frame.reader.walkScript(x.inner(), part.script, x.scope).output;
  if (output === undefined) {
    addUnknown(builder, part.text, "a command's output decides", mode);
    return;
  }
  addValue(x, builder, output.replaceAll("\0", "").replace(/\n+$/, ""), part.text, mode);
}
