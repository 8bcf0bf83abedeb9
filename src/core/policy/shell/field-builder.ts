import type { ShellPiece, ShellWord } from "./shell-reading.ts";

const fieldsMax = 1_024;
/** Of one argument. */
const piecesMax = 64;
const lengthMax = 64 * 1024;

/** Puts together the arguments that one word becomes. */
export class FieldBuilder {
  readonly #text: string;
  readonly #fields: ShellWord[] = [];
  #pieces: ShellPiece[] = [];
  #length = 0;
  /** Set by an empty quoted part: the argument exists though nothing is in it. */
  #started = false;
  #many = false;
  #opaque: string | undefined;
  #ifUnset: string | undefined = "";
  /** An unquoted `[` whose `]` may come out of a variable. */
  #bracketOpen = false;

  constructor(text: string) {
    this.#text = text;
  }

  addLiteral(text: string, unquoted = false): void {
    this.#started = true;
    if (text === "") return;
    if (unquoted && text.includes("[")) this.#bracketOpen = true;
    this.#add({ kind: "literal", text });
    if (this.#ifUnset !== undefined && this.#length <= lengthMax) this.#ifUnset += text;
  }

  addGlob(pattern: string): void {
    this.#started = true;
    this.#add({ kind: "glob", text: pattern });
    if (this.#ifUnset !== undefined) this.#ifUnset += pattern;
  }

  /** A file that can only be read or written once: `<(…)`. */
  addStream(content: string | undefined): void {
    this.#started = true;
    this.#add({ kind: "stream", text: "/dev/fd/63", content });
    if (this.#ifUnset !== undefined) this.#ifUnset += "/dev/fd/63";
  }

  addUnknown({ text, why, ifUnset, splits }: { text: string; why: string; ifUnset: string | undefined; splits: boolean }): void {
    this.#started = true;
    this.#add({ kind: "unknown", text });
    this.#opaque ??= why;
    this.#many ||= splits;
    this.#ifUnset = this.#ifUnset === undefined || ifUnset === undefined ? undefined : this.#ifUnset + ifUnset;
  }

  /** What a variable holds of which only a part is known. */
  addWord(word: ShellWord, splits: boolean): void {
    this.#started = true;
    for (const piece of word.pieces) this.#add(piece);
    this.#opaque ??= word.opaque;
    this.#many ||= splits && word.opaque !== undefined;
    this.#ifUnset = this.#ifUnset === undefined || word.ifUnset === undefined ? undefined : this.#ifUnset + word.ifUnset;
  }

  /** What an unquoted expansion gives: split at the separators, patterns in it act. */
  addSplit(text: string, separators: string, noGlob: boolean): void {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      if (!separators.includes(text[at] as string)) continue;
      this.#addValue(text.slice(from, at), noGlob);
      const separator = readSeparator(text, at, separators);
      if (separator.hard || this.#pieces.length > 0 || this.#started) this.endField();
      at = separator.end - 1;
      from = separator.end;
    }
    this.#addValue(text.slice(from), noGlob);
  }

  #addValue(text: string, noGlob: boolean): void {
    if (text === "") return;
    if (this.#bracketOpen && text.includes("]"))
      this.addUnknown({ text, why: "a pattern is put together from parts", ifUnset: undefined, splits: true });
    else if (!noGlob && hasGlob(text)) this.addGlob(text);
    else this.addLiteral(text);
  }

  /** The argument ends here, even where nothing is in it. */
  endField(): void {
    if (this.#fields.length >= fieldsMax) {
      this.#giveUp();
      return;
    }
    this.#fields.push(makeWord(this.#text, this.#pieces, this.#many, this.#opaque, this.#ifUnset));
    this.#pieces = [];
    this.#length = 0;
    this.#started = this.#many = this.#bracketOpen = false;
    this.#opaque = undefined;
    this.#ifUnset = "";
  }

  /** Nothing of the argument in hand is there yet, not even empty quotes. */
  get isEmpty(): boolean {
    return !this.#started && this.#pieces.length === 0;
  }

  /** Between the items of `$@`: an empty unquoted one is no argument. */
  endStarted(): void {
    if (!this.isEmpty) this.endField();
  }

  #giveUp(): void {
    this.#fields.length = 0;
    this.#pieces = [];
    this.addUnknown({ text: this.#text, why: "it becomes too many arguments", ifUnset: undefined, splits: true });
  }

  #add(piece: ShellPiece): void {
    if (this.#pieces.length >= piecesMax || this.#length > lengthMax) {
      // `a=$a$a` again and again: what is beyond is open.
      this.#opaque ??= "it is put together from too many parts";
      this.#ifUnset = undefined;
      if (this.#pieces.at(-1)?.text !== "…") this.#pieces.push({ kind: "unknown", text: "…" });
      return;
    }
    this.#length += piece.text.length;
    const last = this.#pieces.at(-1);
    if (last?.kind === piece.kind && (piece.kind === "literal" || piece.kind === "glob"))
      this.#pieces[this.#pieces.length - 1] = { kind: piece.kind, text: last.text + piece.text };
    else this.#pieces.push(piece);
  }

  finish(): readonly ShellWord[] {
    if (this.#started || this.#pieces.length > 0) this.endField();
    return this.#fields;
  }

  /** Everything as one, as in an assignment. */
  finishOne(): ShellWord {
    this.#started = true;
    return this.finish().at(-1) as ShellWord;
  }
}

/** Blanks around one hard separator (`:` of IFS=' :') belong to it. */
function readSeparator(text: string, at: number, separators: string): { end: number; hard: boolean } {
  let end = at;
  let hard = false;
  for (; end < text.length && separators.includes(text[end] as string); end++) {
    if (" \t\n".includes(text[end] as string)) continue;
    if (hard) break;
    hard = true;
  }
  return { end, hard };
}

export function hasGlob(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "*" || text[at] === "?" || (text[at] === "[" && text.indexOf("]", at + 1) > 0)) return true;
  }
  return false;
}

export function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]()|!+@]/g, "\\$&");
}

export function makeLiteral(text: string, value: string): ShellWord {
  return {
    text,
    value,
    prefix: value,
    suffix: value,
    pieces: [{ kind: "literal", text: value }],
    glob: undefined,
    ifUnset: value,
    many: false,
    opaque: undefined,
  };
}

/** An argument of which nothing is known, or only how it begins. */
export function makeUnknown(text: string, why: string, options: { prefix?: string; many?: boolean } = {}): ShellWord {
  const pieces: ShellPiece[] = options.prefix ? [{ kind: "literal", text: options.prefix }] : [];
  return makeWord(text, [...pieces, { kind: "unknown", text }], options.many ?? false, why, undefined);
}

export function makeWord(
  text: string,
  pieces: readonly ShellPiece[],
  many: boolean,
  opaque: string | undefined,
  ifUnset: string | undefined,
): ShellWord {
  if (pieces.length === 0) return makeLiteral(text, "");
  const first = pieces[0] as ShellPiece;
  const last = pieces.at(-1) as ShellPiece;
  const hasUnknown = pieces.some((piece) => piece.kind === "unknown");
  const isPattern = !hasUnknown && pieces.some((piece) => piece.kind === "glob");
  const value = hasUnknown || isPattern ? undefined : pieces.map((piece) => piece.text).join("");
  return {
    text,
    value,
    prefix: value ?? (first.kind === "literal" ? first.text : ""),
    suffix: value ?? (last.kind === "literal" ? last.text : ""),
    pieces,
    glob: isPattern ? pieces.map((piece) => (piece.kind === "glob" ? piece.text : escapeGlob(piece.text))).join("") : undefined,
    ifUnset: ifUnset ?? value,
    many: many || isPattern,
    opaque,
  };
}
