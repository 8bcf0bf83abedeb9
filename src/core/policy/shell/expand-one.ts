import type { Word } from "unbash";
import { escapeGlob, FieldBuilder, makeLiteral } from "./field-builder.ts";
import { readSeparators } from "./look-up.ts";
import { type ExpandMode, type Expansion, spend } from "./reader.ts";
import type { ShellWord } from "./shell-reading.ts";

/** The word as one text: an assignment's value, a here-string, the subject of `case`. */
export function expandOne(x: Expansion, word: Word, mode: ExpandMode = "one"): ShellWord {
  spend(x.frame.reader);
  if (word.parts === undefined && mode === "one" && !word.text.includes("~")) return makeLiteral(word.text, word.value);
  const builder = new FieldBuilder(word.text);
  x.frame.reader.expandInto(x, builder, word, mode);
  return builder.finishOne();
}

/** The word as a pattern of `case`, `[[ = ]]` and `${x%…}`; undefined when it is not known. */
export function expandPattern(x: Expansion, word: Word): string | undefined {
  const field = expandOne(x, word, "pattern");
  return field.glob ?? (field.value === undefined ? undefined : escapeGlob(field.value));
}

/** What an expansion gives, as this place takes it. */
export function addValue(x: Expansion, builder: FieldBuilder, value: string, text: string, mode: ExpandMode): void {
  spend(x.frame.reader, value.length >> 6);
  if (mode === "quoted" || mode === "text" || mode === "one") {
    if (value !== "") builder.addLiteral(value);
    return;
  }
  if (mode === "pattern") {
    builder.addGlob(value);
    return;
  }
  const separators = readSeparators(x);
  if (separators === undefined) {
    addUnknown(builder, text, "IFS is not known", mode);
    return;
  }
  builder.addSplit(value, separators, x.scope.options.noGlob);
}

export function addUnknown(builder: FieldBuilder, text: string, why: string, mode: ExpandMode): void {
  builder.addUnknown({ text, why, ifUnset: undefined, splits: mode === "fields" });
}
