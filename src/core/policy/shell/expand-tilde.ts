import type { FieldBuilder } from "./field-builder.ts";
import { lookUp } from "./look-up.ts";
import type { Expansion } from "./reader.ts";

interface TildeText {
  /** The unquoted text as written. */
  readonly raw: string;
  /** The word ends with it: `~` alone is a folder then. */
  readonly isLast: boolean;
  /** An assignment's value, where `~` also stands after each colon. */
  readonly isValue: boolean;
  /** Something stands before it in the word. */
  readonly isInside?: boolean;
}

/** `~`, `~+`, `~-`, `~user` at the beginning of a word or after `name=`; in values after each colon too. */
export function expandTilde(x: Expansion, builder: FieldBuilder, { raw: written, isLast, isValue, isInside = false }: TildeText): void {
  const raw = written.replace(/\\([\s\S])/g, (both, char: string) => (char === "\n" ? "" : both));
  if (isInside && !isValue && raw.includes(":~")) {
    // Bash expands it where the whole word looks like an assignment, which a part of it does not tell.
    builder.addUnknown({ text: raw, why: "a tilde behind a colon", ifUnset: dropBackslashes(raw), splits: false });
    return;
  }
  const assigned = isValue || isInside || x.bracedText !== undefined ? undefined : /^[A-Za-z_]\w*\+?=/.exec(raw)?.[0];
  const hasColons = isValue || assigned !== undefined;
  if (assigned !== undefined) builder.addLiteral(assigned);
  const chunks = splitUnquoted(raw.slice(assigned?.length ?? 0), hasColons);
  for (const [at, chunk] of chunks.entries()) {
    if (at > 0) builder.addLiteral(":");
    const isWhole = at < chunks.length - 1 || isLast;
    const tilde = at > 0 || !isInside ? /^~([\w.+-]*)(?=$|[/:])/.exec(chunk) : null;
    // Up to the first slash nothing may be quoted or expanded: `~:"x"` stays, `~:x` and `~:x/"y"` do not.
    const home = tilde === null || (!isWhole && !chunk.includes("/")) ? "" : tilde[0];
    if (home !== "") addHome(x, builder, home);
    builder.addLiteral(dropBackslashes(chunk.slice(home.length)), true);
  }
}

function addHome(x: Expansion, builder: FieldBuilder, tilde: string): void {
  const name = tilde === "~" ? "HOME" : tilde === "~+" ? "PWD" : tilde === "~-" ? "OLDPWD" : undefined;
  const value = name === undefined ? homeOf(tilde.slice(1)) : lookUp(x, name);
  if (typeof value === "string") {
    builder.addLiteral(value);
    return;
  }
  builder.addUnknown({ text: tilde, why: "whose home it is is not known", ifUnset: tilde, splits: false });
}

function homeOf(user: string): string | undefined {
  return user === "root" ? "/root" : undefined;
}

/** At colons that no backslash protects. */
function splitUnquoted(raw: string, hasColons: boolean): string[] {
  if (!hasColons) return [raw];
  const chunks = [""];
  for (let at = 0; at < raw.length; at++) {
    if (raw[at] === ":") chunks.push("");
    else {
      const width = raw[at] === "\\" ? 2 : 1;
      chunks[chunks.length - 1] += raw.slice(at, at + width);
      at += width - 1;
    }
  }
  return chunks;
}

function dropBackslashes(raw: string): string {
  return raw.replace(/\\(\n|[\s\S])/g, (_, char: string) => (char === "\n" ? "" : char));
}
