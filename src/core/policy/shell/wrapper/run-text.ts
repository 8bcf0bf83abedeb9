import { type Call, enter, mayChange, note, unknownText } from "../call.ts";
import { formatPrintf } from "../format-printf.ts";
import { either, type Outcome } from "../reader.ts";
import type { ShellWord, ViaKind } from "../shell-reading.ts";
import type { ShellScope } from "../shell-scope.ts";

interface TextRun {
  readonly kind: ViaKind;
  readonly text: string;
  /** False where a part of it stands for what is not known. */
  readonly isKnown: boolean;
  /** It runs in this very shell: what it changes holds afterwards. */
  readonly keepsScope?: boolean;
  readonly scope?: ShellScope;
  readonly by?: string;
}

/** Reads a text that a command runs as shell. */
export function runText(call: Call, { kind, text, isKnown, keepsScope = false, scope = call.scope, by }: TextRun): Outcome {
  if (!isKnown) note(call, "what it runs is not known whole");
  const outcome = call.frame.reader.walkText(enter(call, kind, by), text, scope);
  if (!keepsScope) return either(call.scope, isKnown ? outcome.output : undefined);
  return isKnown ? outcome : mayChange(call.scope, outcome);
}

/** The word as a text to read as shell: what is unknown stands in it as a variable that nobody sets. */
export function textOf(word: ShellWord): string {
  return word.value ?? word.pieces.map((piece) => (piece.kind === "unknown" ? unknownText : piece.text)).join("");
}

/** What `printf` makes of the arguments from here on; undefined when that is not known. */
export function readScript(call: Call, from: number): string | undefined {
  const values = call.command.argv.slice(from).map((word) => word.value);
  const [format, ...rest] = values;
  if (format === undefined || rest.some((value) => value === undefined)) return undefined;
  return formatPrintf(format, rest as string[]);
}
