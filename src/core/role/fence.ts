import type { RoleInput } from "../../port/roles.ts";

/** Characters of all parts together, about a hundred thousand tokens. */
export const inputCharsMax = 400_000;
const titleCharsMax = 120;

/**
 * A part of a prompt in its fence (R6). The nonce is the run's own and was not known to whoever wrote the text, so no text can
 * end its fence; a text that holds it all the same loses it. The operator's own words stand unfenced, under their title.
 */
export function fenceInput({ title, text, trust, recalled = [] }: RoleInput, nonce: string, charsMax = inputCharsMax): string {
  const name = cleanLine(title, titleCharsMax);
  const body = cut(cleanText(text), charsMax);
  if (trust === "operator") return `## ${name}\n\n${body}`;
  const mark = recalled.length === 0 ? "" : ' recalled="wiki"';
  return `<data-${nonce} title=${JSON.stringify(loseNonce(name, nonce))}${mark}>\n${loseNonce(body, nonce)}\n</data-${nonce}>`;
}

/**
 * How long each part may be at most, so that all fit: the same for all, and never cut while another is longer (R6). Who floods
 * the input with one part shortens that one.
 */
export function sharePartChars(lengths: readonly number[], total = inputCharsMax): number {
  let left = total;
  let share = Math.floor(total / Math.max(1, lengths.length));
  for (const [at, length] of [...lengths].sort((one, other) => one - other).entries()) {
    share = Math.floor(left / (lengths.length - at));
    if (length > share) return share;
    left -= length;
  }
  return Math.max(share, total);
}

/**
 * A text as a person would see it: no control characters but tab and line feed, and none of those that no reader sees
 * (zero width, tags, direction): an order may hide in them. What a chat template would read as the end of a turn is broken up.
 */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(unseen, "")
    .replace(turnMarks, (mark) => `${mark.slice(0, 1)} ${mark.slice(1)}`);
}

export function cleanLine(text: string, charsMax: number): string {
  const line = cleanText(text).replace(/\s+/g, " ").trim();
  return line.length > charsMax ? `${line.slice(0, charsMax - 1)}…` : line;
}

/** Control, format (zero width, direction, tags), whatever is drawn as nothing, line and paragraph separators, lone halves. */
const unseen = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** `<|im_end|>`, `<start_of_turn>`, `[INST]`: local servers take them out of any text that holds them. */
const turnMarks = /<\|[A-Za-z0-9_ -]{1,40}\|>|<\/?(?:start_of_turn|end_of_turn|s)>|\[\/?INST\]|<<\/?SYS>>/g;

function loseNonce(text: string, nonce: string): string {
  return nonce === "" ? text : text.replaceAll(nonce, "(nonce)");
}

function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  // A cut through a pair of halves would leave a lone one.
  const kept = text.slice(0, charsMax).replace(/\p{Cs}$/u, "");
  return `${kept}\n[${text.length - kept.length} more characters were left out]`;
}
